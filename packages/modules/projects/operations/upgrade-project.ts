import { conflict, Id, operation } from '@guildhall/kernel'
import { z } from 'zod'
import { blueprintOf } from '../find-blueprint.ts'
import { findProject } from '../find-project.ts'
import { UpgradePlanOutput } from '../upgrade-output.ts'
import { upgradeProject as upgrade } from '../upgrade-project.ts'

export const upgradeProject = operation({
  name: 'projects.upgrade',
  summary: 'Bring a project to the present version of its blueprint; overrides and records stay',
  route: 'POST /projects/{id}/upgrade',
  permission: 'projects:admin',
  tool: false,
  emits: ['project.upgraded'],
  input: z.object({
    id: Id,
    to: z.int().min(1).optional().describe('Version that was previewed; 409 when another one is here'),
  }),
  output: UpgradePlanOutput.extend({
    keptAgentOverrides: z
      .record(z.string(), z.array(z.string()))
      .describe('Members of agents that stay as the client made them, by the agents’ keys'),
  }),
  async run({ id, to }, ctx) {
    const project = await findProject(ctx, id, { lock: true })
    const blueprint = blueprintOf(ctx, project)
    if (to !== undefined && to !== blueprint.version)
      throw conflict(
        `Version ${String(to)} was previewed, but version ${String(blueprint.version)} is here. Look at the preview again.`,
        [{ field: 'to', message: `is ${String(blueprint.version)} by now` }],
      )
    const result = await upgrade(ctx, project, blueprint)
    ctx.audit({
      targets: [{ type: 'project', id, name: project.name }],
      metadata: { from: result.from, to: result.to },
    })
    return result
  },
})
