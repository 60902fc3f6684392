import { containsText, listInput, listRows, operation, page } from '@guildhall/kernel'
import { and, eq } from 'drizzle-orm'
import { z } from 'zod'
import type { ProjectRow } from '../find-project.ts'
import { ProjectSummary, summarise } from '../project-output.ts'
import { projects } from '../schema.ts'

export const listProjects = operation({
  name: 'projects.list',
  summary: 'List projects',
  route: 'GET /projects',
  permission: 'projects:read',
  input: listInput(['name', 'createdAt', 'updatedAt'], {
    blueprint: z.string().max(100).optional().describe('Only projects of this blueprint'),
  }),
  output: page(ProjectSummary),
  async run({ blueprint, q, ...request }, ctx) {
    const found = await listRows<ProjectRow>(
      ctx.db,
      {
        table: projects,
        id: projects.id,
        sortable: { name: projects.name, createdAt: projects.createdAt, updatedAt: projects.updatedAt },
        defaultSort: 'name',
        where: and(
          eq(projects.tenantId, ctx.tenant.id),
          blueprint === undefined ? undefined : eq(projects.blueprintId, blueprint),
          containsText(projects.name, q),
        ),
      },
      request,
    )
    const blueprints = ctx.services.projects.blueprints()
    return { ...found, items: found.items.map((row) => summarise(row, blueprints)) }
  },
})
