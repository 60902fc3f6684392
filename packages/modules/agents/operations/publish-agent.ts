import { conflict, Id, operation, Problem } from '@guildhall/kernel'
import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { Agent, describeAgent, loadAgent, loadVersion } from '../agent.ts'
import { findConfigProblems } from '../find-config-problems.ts'
import { publishConfig } from '../publish-config.ts'

export const publishAgent = operation({
  name: 'agents.publish',
  summary: 'Publish the draft of an agent as its next version',
  description:
    'Checks the draft and freezes it. New chats and `model: agent:<slug>` answer with it at once; chats that exist keep their version. A draft that is the same as what is published stays that version.',
  route: 'POST /agents/{id}/publish',
  permission: 'agents:admin',
  external: true,
  tool: false,
  emits: ['agent.published'],
  input: z.object({ id: Id, note: z.string().trim().max(500).default('').describe('What changed, for the history') }),
  output: Agent,
  async run({ id, note }, ctx) {
    const { draft } = await ctx.transaction((tx) => loadAgent(tx, id), { readOnly: true })
    const problems = await findConfigProblems(ctx, draft)
    if (problems.length > 0)
      throw new Problem({
        status: 422,
        type: 'agent-not-ready',
        title: 'The agent is not ready to be published',
        detail: `${problems[0]?.field ?? ''}: ${problems[0]?.message ?? ''}${problems.length > 1 ? ` (and ${String(problems.length - 1)} more)` : ''}`,
        errors: problems,
      })
    return ctx.transaction(async (tx) => {
      const row = await loadAgent(tx, id, { lock: true })
      tx.audit({ targets: [{ type: 'agent', id, name: row.name }] })
      if (row.archivedAt) throw conflict('This agent is archived. Take it out of the archive first.')
      if (!isDeepStrictEqual(row.draft, draft))
        throw conflict('The draft was changed while it was checked. Publish again.')
      const published = row.publishedVersion === null ? null : await loadVersion(tx, id, row.publishedVersion)
      if (isDeepStrictEqual(published, draft)) return describeAgent(tx, row)
      return describeAgent(tx, await publishConfig(tx, row, draft, note))
    })
  },
})
