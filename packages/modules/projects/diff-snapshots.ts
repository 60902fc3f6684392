import { isDeepStrictEqual } from 'node:util'
import type { CollectionDefinition } from './blueprint.ts'
import type { Overrides } from './overrides.ts'
import type { BlueprintSnapshot } from './snapshot.ts'

type Change = 'added' | 'removed' | 'changed'

interface PartChange {
  key: string
  title: string
  change: Change
  /** For `changed`: which of its properties differ. */
  differs: string[]
}

interface CollectionChange extends PartChange {
  members: { name: string; change: Change; differs: string[] }[]
}

export interface SnapshotDiff {
  collections: CollectionChange[]
  views: PartChange[]
  agents: PartChange[]
  knowledge: PartChange[]
  operations: { name: string; change: 'added' | 'removed' }[]
}

/** What an upgrade would change, by the parts that a person knows. */
export function diffSnapshots(from: BlueprintSnapshot, to: BlueprintSnapshot): SnapshotDiff {
  const [fromCollections, toCollections] = [
    keyed(from.collections.filter((each) => each.retired !== true)),
    keyed(to.collections),
  ]
  return {
    collections: diffParts(fromCollections, toCollections, (part) => part.title).map((part) => ({
      ...part,
      members: diffMembers(fromCollections.get(part.key), toCollections.get(part.key)),
    })),
    views: diffParts(keyed(from.views), keyed(to.views), (part) => part.title),
    agents: diffParts(keyed(from.agents), keyed(to.agents), (part) => part.name),
    knowledge: diffParts(keyed(from.knowledge), keyed(to.knowledge), (part) => part.title),
    operations: [
      ...to.operations
        .filter((name) => !from.operations.includes(name))
        .map((name) => ({ name, change: 'added' as const })),
      ...from.operations
        .filter((name) => !to.operations.includes(name))
        .map((name) => ({ name, change: 'removed' as const })),
    ],
  }
}

function diffParts<T extends { key: string }>(
  from: ReadonlyMap<string, T>,
  to: ReadonlyMap<string, T>,
  titleOf: (part: T) => string,
): PartChange[] {
  const changes: PartChange[] = []
  for (const [key, part] of to) {
    const before = from.get(key)
    if (!before) changes.push({ key, title: titleOf(part), change: 'added', differs: [] })
    else if (!isDeepStrictEqual(before, part))
      changes.push({ key, title: titleOf(part), change: 'changed', differs: differences(before, part) })
  }
  for (const [key, part] of from)
    if (!to.has(key)) changes.push({ key, title: titleOf(part), change: 'removed', differs: [] })
  return changes
}

function diffMembers(
  from: CollectionDefinition | undefined,
  to: CollectionDefinition | undefined,
): CollectionChange['members'] {
  if (!from || !to) return []
  return diffParts(membersOf(from), membersOf(to), (member) => member.title ?? member.key).map(
    ({ key, change, differs }) => ({ name: key, change, differs }),
  )
}

function differences(from: object, to: object): string[] {
  const [before, after] = [new Map<string, unknown>(Object.entries(from)), new Map<string, unknown>(Object.entries(to))]
  return [...new Set([...before.keys(), ...after.keys()])].filter(
    (name) => !isDeepStrictEqual(before.get(name), after.get(name)),
  )
}

export interface OverrideFate {
  /** Path of the override, `collections.calls.members.score`. */
  path: string
  /** `kept` = in force; `replaced` = the blueprint now has a member of this name; `resting` = kept, but nothing to change any more. */
  fate: 'kept' | 'replaced' | 'resting'
}

/** What becomes of each of the client's overrides. None is ever deleted. */
export function fatesOf(overrides: Overrides, to: BlueprintSnapshot): OverrideFate[] {
  const fates: OverrideFate[] = []
  for (const [key, own] of Object.entries(overrides.collections ?? {})) {
    const collection = to.collections.find((each) => each.key === key)
    const has = (name: string) => collection !== undefined && Object.hasOwn(collection.schema.properties, name)
    const put = (path: string[], fate: OverrideFate['fate']) =>
      fates.push({ path: ['collections', key, ...path].join('.'), fate })
    if (own.title !== undefined) put(['title'], collection ? 'kept' : 'resting')
    for (const name of Object.keys(own.members ?? {})) put(['members', name], has(name) ? 'kept' : 'resting')
    for (const name of Object.keys(own.added ?? {}))
      put(['added', name], collection ? (has(name) ? 'replaced' : 'kept') : 'resting')
  }
  for (const key of Object.keys(overrides.views ?? {}))
    fates.push({ path: `views.${key}`, fate: to.views.some((view) => view.key === key) ? 'kept' : 'resting' })
  return fates
}

/** Members by name, each with whether records need it. */
function membersOf({ schema }: CollectionDefinition) {
  return keyed(
    Object.entries(schema.properties).map(([name, member]) => ({
      key: name,
      ...member,
      required: schema.required?.includes(name) ?? false,
    })),
  )
}

function keyed<T extends { key: string }>(parts: readonly T[]): Map<string, T> {
  return new Map(parts.map((part) => [part.key, part]))
}
