import { invalidInput, isId, notFound } from '@guildhall/kernel'
import type { ProjectNames } from '@guildhall/modules/ledger'
import type { CollectionSource } from '@guildhall/modules/records'
import { and, eq, inArray, sql } from 'drizzle-orm'
import type { Blueprint, CollectionDefinition, Projects } from './blueprint.ts'
import { effectiveCollection } from './effective.ts'
import { projectAt } from './find-project.ts'
import type { Overrides } from './overrides.ts'
import { projects } from './schema.ts'

export function createProjects(blueprints: readonly Blueprint[]): Projects {
  return {
    blueprints: () => blueprints,
    async resolve(ctx, blueprintId, projectId) {
      const blueprint = blueprints.find((each) => each.id === blueprintId)
      if (!blueprint) throw new Error(`There is no blueprint ${blueprintId}`)
      if (projectId !== undefined && !isId(projectId))
        throw invalidInput([{ field: 'projectId', message: 'must be a UUID' }])
      const found = await ctx.transaction(
        (tx) =>
          tx.db
            .select({ id: projects.id, knowledge: projects.knowledge, agents: projects.agents })
            .from(projects)
            .where(
              and(
                eq(projects.tenantId, ctx.tenant.id),
                eq(projects.blueprintId, blueprintId),
                projectId === undefined ? undefined : eq(projects.id, projectId),
              ),
            )
            .limit(2),
        { readOnly: true },
      )
      const [project, another] = found
      if (project && !another) return project
      throw invalidInput([{ field: 'projectId', message: whichProject(blueprint, projectId, project !== undefined) }])
    },
  }
}

function whichProject(blueprint: Blueprint, projectId: string | undefined, several: boolean): string {
  if (several) return `is needed: this client has several projects of ${blueprint.title}`
  if (projectId !== undefined) return `is not a project of ${blueprint.title}`
  return `cannot be found: this client has no project of ${blueprint.title} yet; create one with projects.create`
}

type CollectionOverrides = NonNullable<Overrides['collections']>[string]

/** Takes only the one collection out of the snapshot, which may be large: this runs with every request for records. */
export function createCollectionSource(): CollectionSource {
  return {
    async collection(ctx, projectId, key) {
      if (!isId(projectId)) throw notFound('project', projectId)
      const [row] = await ctx.db
        .select({
          definition: sql<CollectionDefinition | null>`(select part from json_array_elements(${projects.snapshot}->'collections') part where part->>'key' = ${key}::text)`,
          overrides: sql<CollectionOverrides | null>`${projects.overrides}->'collections'->${key}::text`,
        })
        .from(projects)
        .where(projectAt(ctx, projectId))
      if (!row) throw notFound('project', projectId)
      if (!row.definition) throw notFound('collection', key)
      return effectiveCollection(row.definition, row.overrides ?? undefined)
    },
  }
}

/** For the ledger, which counts usage by project. */
export const projectNames: ProjectNames = {
  async of(db, ids) {
    if (ids.length === 0) return new Map()
    const rows = await db
      .select({ id: projects.id, name: projects.name })
      .from(projects)
      .where(inArray(projects.id, [...ids]))
    return new Map(rows.map((row) => [row.id, row.name]))
  },
}
