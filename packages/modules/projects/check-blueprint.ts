import type { Services } from '@guildhall/kernel'
import type { Blueprint, CollectionDefinition, ViewDefinition } from './blueprint.ts'

/**
 * Finds mistakes of a blueprint when the program starts, not when a client first opens a view.
 * @throws Error naming the blueprint and the part.
 */
export function checkBlueprint(blueprint: Blueprint, records: Services['records']): void {
  const fail = (message: string) => new Error(`Blueprint ${blueprint.id}: ${message}`)
  for (const [what, keys] of Object.entries({
    collection: blueprint.collections.map((each) => each.key),
    view: blueprint.views.map((each) => each.key),
    agent: blueprint.agents.map((each) => each.key),
    'knowledge base': blueprint.knowledge.map((each) => each.key),
  })) {
    const doubled = keys.find((key, index) => keys.indexOf(key) !== index)
    if (doubled !== undefined) throw fail(`two of its parts are the ${what} ${doubled}`)
  }
  const collections = new Map(blueprint.collections.map((collection) => [collection.key, collection]))
  for (const collection of blueprint.collections) checkCollection(blueprint, collection, records, fail)
  for (const view of blueprint.views) checkView(view, collections, fail)
  for (const agent of blueprint.agents) {
    const unknown = agent.knowledge.find((key) => !blueprint.knowledge.some((base) => base.key === key))
    if (unknown !== undefined) throw fail(`agent ${agent.key} knows the base ${unknown}, which is not declared`)
  }
}

function checkCollection(
  blueprint: Blueprint,
  collection: CollectionDefinition,
  records: Services['records'],
  fail: (message: string) => Error,
): void {
  const { properties, required = [] } = collection.schema
  const missing = [collection.titleMember, ...required].find((name) => !Object.hasOwn(properties, name))
  if (missing !== undefined)
    throw fail(`collection ${collection.key} speaks of the member ${missing}, which its schema has not`)
  for (const [name, member] of Object.entries(properties)) {
    const [target, bucket] = [member['x-collection'], member['x-bucket']]
    if (target !== undefined && !blueprint.collections.some((each) => each.key === target))
      throw fail(`${collection.key}.${name} refers to the collection ${target}, which is not declared`)
    if (bucket !== undefined && !blueprint.buckets.some((each) => each.name === bucket))
      throw fail(`${collection.key}.${name} refers to the bucket ${bucket}, which is not declared`)
  }
  try {
    records.checkDefinition(collection)
  } catch (error) {
    throw fail(
      `the schema of the collection ${collection.key} is not valid: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}

function checkView(
  view: ViewDefinition,
  collections: ReadonlyMap<string, CollectionDefinition>,
  fail: (message: string) => Error,
): void {
  if (view.collection === undefined) return
  const collection = collections.get(view.collection)
  if (!collection) throw fail(`view ${view.key} shows the collection ${view.collection}, which is not declared`)
  const known = new Set([...Object.keys(collection.schema.properties), 'createdAt', 'updatedAt'])
  const missing = membersOf(view).find((name) => !known.has(name))
  if (missing !== undefined)
    throw fail(`view ${view.key} shows the member ${missing}, which ${view.collection} has not`)
}

function membersOf(view: ViewDefinition): string[] {
  switch (view.kind) {
    case 'table':
    case 'form':
    case 'detail':
      return view.members
    case 'board':
      return [view.groupBy, ...view.members]
    case 'chart':
      return [view.groupBy, view.splitBy, view.measure.member].filter((name) => name !== undefined)
    case 'timeline':
      return [view.at, view.titleMember, view.kindMember].filter((name) => name !== undefined)
    case 'page':
      return []
  }
}
