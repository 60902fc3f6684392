import { Id, operation } from '@guildhall/kernel'
import { z } from 'zod'
import { loadAgent } from '../agent.ts'
import { findConfigProblems } from '../find-config-problems.ts'

export const validateAgent = operation({
  name: 'agents.validate',
  summary: 'Say what keeps the draft of an agent from being published',
  route: 'POST /agents/{id}/validate',
  permission: 'agents:read',
  external: true,
  readOnly: true,
  input: z.object({ id: Id }),
  output: z.object({
    ready: z.boolean(),
    problems: z.array(z.object({ field: z.string(), message: z.string() })),
  }),
  async run({ id }, ctx) {
    const { draft } = await ctx.transaction((tx) => loadAgent(tx, id), { readOnly: true })
    const problems = await findConfigProblems(ctx, draft)
    return { ready: problems.length === 0, problems }
  },
})
