import { Id, operation } from '@guildhall/kernel'
import { z } from 'zod'
import { findProject } from '../find-project.ts'
import { describeProject, ProjectOutput } from '../project-output.ts'

export const getProject = operation({
  name: 'projects.get',
  summary: 'Show a project: its collections, views, agents, knowledge and operations',
  route: 'GET /projects/{id}',
  permission: 'projects:read',
  input: z.object({ id: Id }),
  output: ProjectOutput,
  run: async ({ id }, ctx) => describeProject(await findProject(ctx, id), ctx.services.projects.blueprints()),
})
