import { Id, operation, Slug } from '@guildhall/kernel'
import { z } from 'zod'
import { addAgent } from '../add-agent.ts'
import { AgentConfigChanges } from '../agent-config.ts'
import { Agent, AgentDescription, AgentName, describeAgent } from '../agent.ts'

export const createAgent = operation({
  name: 'agents.create',
  summary: 'Create an agent as a draft',
  route: 'POST /agents',
  permission: 'agents:write',
  emits: ['agent.created'],
  status: 201,
  input: z.object({
    name: AgentName,
    slug: Slug.optional().describe('Name in URLs and for `model: agent:<slug>`; made from the name when left out'),
    description: AgentDescription.optional(),
    projectId: Id.nullable().optional(),
    draft: AgentConfigChanges.optional(),
  }),
  output: Agent,
  async run(input, ctx) {
    const row = await addAgent(ctx, input)
    ctx.audit({ targets: [{ type: 'agent', id: row.id, name: row.name }] })
    return describeAgent(ctx, row)
  },
})
