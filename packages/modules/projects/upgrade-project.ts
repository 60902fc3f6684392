import { conflict, type TransactionContext } from '@guildhall/kernel'
import type { Blueprint, CollectionDefinition } from './blueprint.ts'
import { diffSnapshots, fatesOf, type OverrideFate, type SnapshotDiff } from './diff-snapshots.ts'
import { effectiveCollection } from './effective.ts'
import { projectAt, type ProjectRow } from './find-project.ts'
import { basesOf } from './install-project.ts'
import { projects } from './schema.ts'
import { snapshotOf, type BlueprintSnapshot } from './snapshot.ts'

/** Records that do not fit, listed per collection. */
interface CollectionMisfits {
  collection: string
  title: string
  count: number
  items: { id: string; title: string; errors: { field: string; message: string }[] }[]
}

export interface UpgradePlan {
  from: number
  to: number
  /** False when the project is as the blueprint is. */
  available: boolean
  changes: SnapshotDiff
  overrides: OverrideFate[]
  /** Records that the new schemas do not fit. They stay as they are and can be read; a change of them must mend them. */
  misfits: CollectionMisfits[]
  /** Collections that the blueprint no longer has and that stay because they hold records. */
  retained: { collection: string; title: string; records: number }[]
}

const listedMisfits = 50

/** What an upgrade would do, without doing it. Reads every record of the collections that change. */
export async function planUpgrade(
  ctx: TransactionContext,
  project: ProjectRow,
  blueprint: Blueprint,
): Promise<UpgradePlan> {
  const target = snapshotOf(blueprint)
  const changes = diffSnapshots(project.snapshot, target)
  const available =
    project.blueprintVersion !== blueprint.version ||
    Object.values(changes).some((part: readonly unknown[]) => part.length > 0)
  const misfits: CollectionMisfits[] = []
  const retained: UpgradePlan['retained'] = []
  for (const { key, change } of changes.collections) {
    if (change === 'removed') {
      const records = await countRecords(ctx, project.id, key)
      const title = project.snapshot.collections.find((each) => each.key === key)?.title ?? key
      if (records > 0) retained.push({ collection: key, title, records })
    }
    const definition = target.collections.find((each) => each.key === key)
    if (change !== 'changed' || !definition) continue
    const effective = effectiveCollection(definition, project.overrides.collections?.[key])
    const found = await ctx.services.records.misfits(ctx, {
      projectId: project.id,
      definition: effective,
      limit: listedMisfits,
    })
    if (found.count > 0) misfits.push({ collection: key, title: effective.title, ...found })
  }
  return {
    from: project.blueprintVersion,
    to: blueprint.version,
    available,
    changes,
    overrides: fatesOf(project.overrides, target),
    misfits,
    retained,
  }
}

export interface UpgradeResult extends UpgradePlan {
  /** Members of agents that stay as the client made them, by the agents' keys. */
  keptAgentOverrides: Record<string, string[]>
}

/**
 * Brings a project, whose row is locked, to the blueprint's present version. Overrides, records and the agents' own changes stay.
 * @throws Problem 409 when there is nothing to upgrade.
 */
export async function upgradeProject(
  ctx: TransactionContext,
  project: ProjectRow,
  blueprint: Blueprint,
): Promise<UpgradeResult> {
  const plan = await planUpgrade(ctx, project, blueprint)
  if (!plan.available)
    throw conflict(`This project has version ${String(blueprint.version)} of ${blueprint.title} already.`)
  const snapshot = withRetained(snapshotOf(blueprint), project.snapshot, plan)

  const knowledge = { ...project.knowledge }
  for (const { key, title } of blueprint.knowledge)
    knowledge[key] ??= (await ctx.services.knowledge.ensureBase(ctx, { key, title, projectId: project.id })).id

  const agents = { ...project.agents }
  const keptAgentOverrides: Record<string, string[]> = {}
  for (const definition of blueprint.agents) {
    const request = {
      projectId: project.id,
      origin: { blueprint: blueprint.id, key: definition.key, version: blueprint.version },
      definition,
      knowledgeBaseIds: basesOf(definition, knowledge),
    }
    const agentId = agents[definition.key]
    const previous = project.snapshot.agents.find((each) => each.key === definition.key)
    if (agentId === undefined || !previous)
      agents[definition.key] = (await ctx.services.agentInstaller.install(ctx, request)).id
    else if (plan.changes.agents.some((change) => change.key === definition.key)) {
      const { keptOverrides } = await ctx.services.agentInstaller.upgrade(ctx, { ...request, agentId, previous })
      if (keptOverrides.length > 0) keptAgentOverrides[definition.key] = keptOverrides
    }
  }

  await ctx.db
    .update(projects)
    .set({ blueprintVersion: blueprint.version, snapshot, knowledge, agents, updatedAt: ctx.now() })
    .where(projectAt(ctx, project.id))
  reindexChanged(ctx, project, snapshot)
  ctx.emit('project.upgraded', { projectId: project.id, blueprint: blueprint.id, from: plan.from, to: plan.to })
  return { ...plan, keptAgentOverrides }
}

/** Collections that are gone from the blueprint but hold records stay reachable, marked as retired. */
function withRetained(target: BlueprintSnapshot, current: BlueprintSnapshot, plan: UpgradePlan): BlueprintSnapshot {
  const keep = new Set(plan.retained.map((each) => each.collection))
  const retired = current.collections
    .filter((collection) => collection.retired === true || keep.has(collection.key))
    .filter((collection) => !target.collections.some((each) => each.key === collection.key))
    .map((collection): CollectionDefinition => ({ ...collection, retired: true }))
  return { ...target, collections: [...target.collections, ...retired] }
}

function reindexChanged(ctx: TransactionContext, project: ProjectRow, snapshot: BlueprintSnapshot): void {
  for (const collection of snapshot.collections) {
    const before = project.snapshot.collections.find((each) => each.key === collection.key)
    if (!before) continue
    const overrides = project.overrides.collections?.[collection.key]
    if (indexing(effectiveCollection(before, overrides)) !== indexing(effectiveCollection(collection, overrides)))
      ctx.services.records.scheduleReindex(ctx, { projectId: project.id, collection: collection.key })
  }
}

/** What decides how records are indexed for search, filters and sorts, as text that can be compared. */
export function indexing(collection: CollectionDefinition): string {
  const members = Object.entries(collection.schema.properties).map(([name, member]) =>
    JSON.stringify([name, member.type, member.format, member['x-search'] === true]),
  )
  return JSON.stringify([collection.titleMember, ...members.sort()])
}

async function countRecords(ctx: TransactionContext, projectId: string, collection: string): Promise<number> {
  return (await ctx.services.records.list(ctx, { projectId, collection, limit: 1 })).total ?? 0
}
