import { Id, operation } from '@guildhall/kernel'
import { z } from 'zod'
import { effectiveCollection } from '../effective.ts'
import { findProject, projectAt } from '../find-project.ts'
import { checkOverrides, Overrides } from '../overrides.ts'
import { describeProject, ProjectOutput } from '../project-output.ts'
import { projects } from '../schema.ts'
import { indexing } from '../upgrade-project.ts'

export const updateProject = operation({
  name: 'projects.update',
  summary: 'Rename a project, or change what the client has made different in it',
  description:
    'Overrides are replaced as a whole: other titles, hidden members, members of the client’s own, hidden views.',
  route: 'PATCH /projects/{id}',
  permission: 'projects:write',
  input: z.object({ id: Id, name: z.string().trim().min(1).max(80).optional(), overrides: Overrides.optional() }),
  output: ProjectOutput,
  async run({ id, name, overrides }, ctx) {
    const project = await findProject(ctx, id, { lock: true })
    if (overrides) {
      checkOverrides(overrides, project.snapshot)
      for (const collection of project.snapshot.collections) {
        const [before, after] = [project.overrides, overrides].map((each) =>
          indexing(effectiveCollection(collection, each.collections?.[collection.key])),
        )
        if (before !== after) ctx.services.records.scheduleReindex(ctx, { projectId: id, collection: collection.key })
      }
    }
    const changed = {
      ...project,
      name: name ?? project.name,
      overrides: overrides ?? project.overrides,
      updatedAt: ctx.now(),
    }
    await ctx.db
      .update(projects)
      .set({ name: changed.name, overrides: changed.overrides, updatedAt: changed.updatedAt })
      .where(projectAt(ctx, id))
    ctx.audit({ targets: [{ type: 'project', id, name: changed.name }] })
    return describeProject(changed, ctx.services.projects.blueprints())
  },
})
