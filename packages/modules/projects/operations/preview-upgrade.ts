import { Id, operation } from '@guildhall/kernel'
import { z } from 'zod'
import { blueprintOf } from '../find-blueprint.ts'
import { findProject } from '../find-project.ts'
import { UpgradePlanOutput } from '../upgrade-output.ts'
import { planUpgrade } from '../upgrade-project.ts'

export const previewUpgrade = operation({
  name: 'projects.upgrade-preview',
  summary: 'Show what an upgrade to the present version of the blueprint would change',
  route: 'GET /projects/{id}/upgrade',
  permission: 'projects:read',
  input: z.object({ id: Id }),
  output: UpgradePlanOutput,
  async run({ id }, ctx) {
    const project = await findProject(ctx, id)
    return planUpgrade(ctx, project, blueprintOf(ctx, project))
  },
})
