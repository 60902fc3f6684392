import { Id, operation } from '@guildhall/kernel'
import { z } from 'zod'
import { Agent, describeAgent, loadAgent } from '../agent.ts'

export const getAgent = operation({
  name: 'agents.get',
  summary: 'Read an agent with its draft and what is published',
  route: 'GET /agents/{id}',
  permission: 'agents:read',
  input: z.object({ id: Id }),
  output: Agent,
  run: async ({ id }, ctx) => describeAgent(ctx, await loadAgent(ctx, id)),
})
