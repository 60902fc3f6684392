import { Id, invalidInput, operation } from '@guildhall/kernel'
import { z } from 'zod'
import { findProject, projectAt } from '../find-project.ts'
import { projects } from '../schema.ts'

export const removeProject = operation({
  name: 'projects.remove',
  summary: 'Remove a project with its records, knowledge and files; its runs stay',
  route: 'DELETE /projects/{id}',
  permission: 'projects:admin',
  tool: false,
  emits: ['project.removed'],
  input: z.object({ id: Id, confirm: z.string().max(80).describe('The name of the project: this cannot be undone') }),
  output: z.object({ id: z.uuid() }),
  async run({ id, confirm }, ctx) {
    const project = await findProject(ctx, id, { lock: true })
    if (confirm !== project.name)
      throw invalidInput([{ field: 'confirm', message: `must be the name of the project, ${project.name}` }])
    await ctx.services.agentInstaller.archiveProject(ctx, id)
    await ctx.services.knowledge.removeProjectBases(ctx, id)
    await ctx.services.files.removeProject(ctx, id)
    await ctx.services.records.eraseProject(ctx, id)
    await ctx.db.delete(projects).where(projectAt(ctx, id))
    ctx.audit({ targets: [{ type: 'project', id, name: project.name }] })
    ctx.emit('project.removed', { projectId: id })
    return { id }
  },
})
