import { methodOf, pathOf, Timestamp, type AnyOperation } from '@guildhall/kernel'
import { z } from 'zod'
import type { Blueprint } from './blueprint.ts'
import { effectiveCollections, effectiveViews } from './effective.ts'
import type { ProjectRow } from './find-project.ts'
import { Overrides } from './overrides.ts'
import { sampleStates } from './schema.ts'

const Collection = z
  .object({
    key: z.string(),
    title: z.string(),
    singular: z.string().describe('One of them, in lower case'),
    description: z.string(),
    icon: z.string(),
    schema: z
      .record(z.string(), z.unknown())
      .describe('JSON Schema (2020-12) with the client’s overrides; x- members say how to show a member'),
    titleMember: z.string().describe('Member that names a record'),
    defaultSort: z.string().optional(),
    retired: z.boolean().optional().describe('No longer part of the blueprint, kept for its records'),
  })
  .meta({ id: 'Collection' })

const View = z
  .looseObject({
    key: z.string(),
    kind: z.enum(['table', 'form', 'detail', 'board', 'chart', 'timeline', 'page']),
    title: z.string(),
    collection: z.string().optional(),
  })
  .meta({ id: 'View' })

const Sample = z.object({
  state: z.enum(sampleStates).describe('Whether sample data is there, on its way, or why not'),
  error: z.string().nullable(),
})

export const ProjectSummary = z
  .object({
    id: z.uuid(),
    name: z.string(),
    blueprint: z.object({ id: z.string(), title: z.string(), icon: z.string(), version: z.int() }),
    upgradeTo: z.int().nullable().describe('Version of the blueprint that this installation has, when it is newer'),
    demo: z.boolean().describe('Holds sample data'),
    sample: Sample,
    createdAt: Timestamp,
    updatedAt: Timestamp,
  })
  .meta({ id: 'ProjectSummary' })

export const ProjectOutput = ProjectSummary.extend({
  collections: z.array(Collection),
  views: z.array(View),
  agents: z.array(
    z.object({
      key: z.string(),
      id: z.uuid(),
      name: z.string(),
      description: z.string(),
      starters: z.array(z.string()),
    }),
  ),
  knowledge: z.array(z.object({ key: z.string(), id: z.uuid(), title: z.string() })),
  buckets: z.array(
    z.object({ name: z.string(), title: z.string(), accept: z.array(z.string()), maxBytes: z.int().optional() }),
  ),
  operations: z.array(
    z.object({
      name: z.string(),
      summary: z.string(),
      method: z.string(),
      route: z.string().describe('Path with {parameters}'),
      permission: z.string(),
      input: z.record(z.string(), z.unknown()).describe('JSON Schema'),
    }),
  ),
  overrides: Overrides,
}).meta({ id: 'Project' })

export function summarise(row: ProjectRow, blueprints: readonly Blueprint[]): z.input<typeof ProjectSummary> {
  const { id, name, snapshot, blueprintId, blueprintVersion, demo, sampleState, sampleError, createdAt, updatedAt } =
    row
  const present = blueprints.find((each) => each.id === blueprintId)
  return {
    id,
    name,
    blueprint: { id: blueprintId, title: snapshot.title, icon: snapshot.icon, version: blueprintVersion },
    upgradeTo: present && present.version > blueprintVersion ? present.version : null,
    demo,
    sample: { state: sampleState, error: sampleError },
    createdAt,
    updatedAt,
  }
}

/** Everything that the console needs to draw a project. */
export function describeProject(row: ProjectRow, blueprints: readonly Blueprint[]): z.input<typeof ProjectOutput> {
  const { snapshot, overrides } = row
  const present = blueprints.find((each) => each.id === row.blueprintId)
  return {
    ...summarise(row, blueprints),
    collections: effectiveCollections(snapshot, overrides).map(({ schema, ...rest }) => ({
      ...rest,
      schema: { ...schema },
    })),
    views: effectiveViews(snapshot, overrides),
    agents: snapshot.agents.flatMap(({ key, name, description, starters }) => {
      const id = row.agents[key]
      return id === undefined ? [] : [{ key, id, name, description, starters }]
    }),
    knowledge: snapshot.knowledge.flatMap(({ key, title }) => {
      const id = row.knowledge[key]
      return id === undefined ? [] : [{ key, id, title }]
    }),
    buckets: snapshot.buckets.map((bucket) => ({ ...bucket, accept: [...bucket.accept] })),
    operations: present ? present.operations.map(describeOperation) : [],
    overrides,
  }
}

function describeOperation(operation: AnyOperation) {
  return {
    name: operation.name,
    summary: operation.summary,
    method: methodOf(operation.route),
    route: `/api${pathOf(operation.route)}`,
    permission: operation.permission,
    input: { ...z.toJSONSchema(operation.input, { io: 'input', unrepresentable: 'any' }) },
  }
}
