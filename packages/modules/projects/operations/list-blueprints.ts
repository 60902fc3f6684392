import { operation } from '@guildhall/kernel'
import { z } from 'zod'

const Part = z.object({ key: z.string(), title: z.string() })

export const listBlueprints = operation({
  name: 'blueprints.list',
  summary: 'List the blueprints that projects can be made from',
  route: 'GET /blueprints',
  permission: 'projects:read',
  input: z.object({}),
  output: z.object({
    items: z.array(
      z.object({
        id: z.string(),
        version: z.int(),
        title: z.string(),
        summary: z.string(),
        audience: z.string(),
        icon: z.string(),
        standards: z.array(z.string()),
        collections: z.array(Part),
        agents: z.array(z.object({ key: z.string(), name: z.string(), description: z.string() })),
        knowledge: z.array(Part),
        operations: z.array(z.object({ name: z.string(), summary: z.string() })),
      }),
    ),
  }),
  run: async (_input, ctx) => ({
    items: ctx.services.projects.blueprints().map((blueprint) => {
      const { id, version, title, summary, audience, icon, standards, knowledge } = blueprint
      return {
        id,
        version,
        title,
        summary,
        audience,
        icon,
        standards,
        knowledge,
        collections: blueprint.collections.map((part) => ({ key: part.key, title: part.title })),
        agents: blueprint.agents.map((agent) => ({ key: agent.key, name: agent.name, description: agent.description })),
        operations: blueprint.operations.map((each) => ({ name: each.name, summary: each.summary })),
      }
    }),
  }),
})
