import type { CollectionDefinition, MemberSchema, ViewDefinition } from './blueprint.ts'
import { addedMember, type Overrides } from './overrides.ts'
import type { BlueprintSnapshot } from './snapshot.ts'

type CollectionOverrides = NonNullable<Overrides['collections']>[string]

/** A collection as it is in force: the blueprint's, with what the client has made different. Overrides without a target rest. */
export function effectiveCollection(
  definition: CollectionDefinition,
  overrides: CollectionOverrides | undefined,
): CollectionDefinition {
  if (!overrides) return definition
  const own = Object.entries(definition.schema.properties).map(([name, member]): [string, MemberSchema] => {
    const change = overrides.members && Object.hasOwn(overrides.members, name) ? overrides.members[name] : undefined
    return [
      name,
      {
        ...member,
        ...(change?.title === undefined ? {} : { title: change.title }),
        ...(change?.description === undefined ? {} : { description: change.description }),
        ...(change?.hidden === true ? { 'x-hidden': true } : {}),
      },
    ]
  })
  const added = Object.entries(overrides.added ?? {})
    .filter(([name]) => !Object.hasOwn(definition.schema.properties, name))
    .map(([name, member]): [string, MemberSchema] => [name, addedMember(member)])
  return {
    ...definition,
    ...(overrides.title === undefined ? {} : { title: overrides.title }),
    schema: { ...definition.schema, properties: Object.fromEntries([...own, ...added]) },
  }
}

export function effectiveCollections(snapshot: BlueprintSnapshot, overrides: Overrides): CollectionDefinition[] {
  return snapshot.collections.map((collection) =>
    effectiveCollection(collection, overrides.collections?.[collection.key]),
  )
}

/** Views without what is hidden, and with the client's own members where a record is shown as a whole. */
export function effectiveViews(snapshot: BlueprintSnapshot, overrides: Overrides): ViewDefinition[] {
  const collections = new Map(
    effectiveCollections(snapshot, overrides).map((collection) => [collection.key, collection]),
  )
  return snapshot.views
    .filter((view) => overrides.views?.[view.key]?.hidden !== true)
    .map((view) => {
      const title = overrides.views?.[view.key]?.title ?? view.title
      if (!('members' in view)) return { ...view, title }
      const properties = collections.get(view.collection)?.schema.properties ?? {}
      const shown = view.members.filter((name) => properties[name]?.['x-hidden'] !== true)
      const added =
        view.kind === 'board' ? [] : Object.keys(properties).filter((name) => properties[name]?.['x-added'] === true)
      return { ...view, title, members: [...shown, ...added] }
    })
}
