import type { Bucket } from '@guildhall/modules/files'
import type { AgentDefinition, Blueprint, CollectionDefinition, ViewDefinition } from './blueprint.ts'

/** The declarative part of a blueprint, as stored with a project. */
export interface BlueprintSnapshot {
  id: string
  version: number
  title: string
  icon: string
  collections: CollectionDefinition[]
  buckets: Bucket[]
  knowledge: { key: string; title: string }[]
  agents: AgentDefinition[]
  views: ViewDefinition[]
  /** Names. */
  operations: string[]
}

export function snapshotOf(blueprint: Blueprint): BlueprintSnapshot {
  const { id, version, title, icon, collections, buckets, knowledge, agents, views, operations } = blueprint
  const snapshot: BlueprintSnapshot = {
    id,
    version,
    title,
    icon,
    collections,
    buckets,
    knowledge,
    agents,
    views,
    operations: operations.map((operation) => operation.name),
  }
  return asStored(snapshot)
}

/** As it comes back from the database, so that the two can be compared: JSON knows no undefined. */
function asStored(snapshot: BlueprintSnapshot): BlueprintSnapshot {
  return JSON.parse(JSON.stringify(snapshot)) as BlueprintSnapshot
}
