import { conflict, Id, operation } from '@guildhall/kernel'
import { z } from 'zod'
import { findProject, projectAt } from '../find-project.ts'
import { sampleProject as fill } from '../jobs/sample-project.ts'
import { ProjectSummary, summarise } from '../project-output.ts'
import { projects } from '../schema.ts'

export const sampleProject = operation({
  name: 'projects.sample',
  summary: 'Fill a project with sample data, or try again after that failed',
  route: 'POST /projects/{id}/sample',
  permission: 'projects:write',
  status: 202,
  input: z.object({
    id: Id,
    seed: z
      .int()
      .min(0)
      .max(2 ** 31 - 1)
      .default(1),
  }),
  output: ProjectSummary,
  async run({ id, seed }, ctx) {
    const project = await findProject(ctx, id, { lock: true })
    if (project.sampleState === 'running') throw conflict('The sample data is on its way already.')
    if (project.sampleState === 'ready') throw conflict('This project has its sample data already.')
    const changed = { demo: true, sampleState: 'running' as const, sampleError: null, updatedAt: ctx.now() }
    await ctx.db.update(projects).set(changed).where(projectAt(ctx, id))
    ctx.enqueue(fill, { projectId: id, seed, days: 90 })
    ctx.audit({ targets: [{ type: 'project', id, name: project.name }] })
    return summarise({ ...project, ...changed }, ctx.services.projects.blueprints())
  },
})
