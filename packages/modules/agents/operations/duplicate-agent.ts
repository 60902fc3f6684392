import { Id, operation } from '@guildhall/kernel'
import { z } from 'zod'
import { addAgent } from '../add-agent.ts'
import { Agent, AgentName, describeAgent, loadAgent } from '../agent.ts'

export const duplicateAgent = operation({
  name: 'agents.duplicate',
  summary: 'Copy the draft of an agent into a new agent',
  route: 'POST /agents/{id}/duplicate',
  permission: 'agents:write',
  emits: ['agent.created'],
  status: 201,
  input: z.object({ id: Id, name: AgentName.optional() }),
  output: Agent,
  async run({ id, name }, ctx) {
    const original = await loadAgent(ctx, id)
    const row = await addAgent(ctx, {
      name: name ?? `${original.name.slice(0, 73)} (copy)`,
      description: original.description,
      projectId: original.projectId,
      draft: original.draft,
    })
    ctx.audit({ targets: [{ type: 'agent', id: row.id, name: row.name }], metadata: { copyOf: id } })
    return describeAgent(ctx, row)
  },
})
