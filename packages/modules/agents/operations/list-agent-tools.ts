import { operation } from '@guildhall/kernel'
import { z } from 'zod'
import { describeTool, toolProblem } from '../agent-tools.ts'

export const listAgentTools = operation({
  name: 'agent-tools.list',
  summary: 'List the operations that agents here may have as tools',
  route: 'GET /agent-tools',
  permission: 'agents:read',
  tool: false,
  input: z.object({}),
  output: z.object({
    items: z.array(
      z.object({
        name: z.string(),
        title: z.string(),
        description: z.string(),
        writes: z.boolean().describe('It changes something'),
        permission: z.string(),
        inputs: z.array(z.string()),
      }),
    ),
  }),
  async run(_input, ctx) {
    const operations = [...ctx.services.agents.operations.values()]
    return {
      items: operations
        .filter((operation) => toolProblem(operation, operation.name, ctx.tenant) === null)
        .map(describeTool)
        .sort((a, b) => a.name.localeCompare(b.name)),
    }
  },
})
