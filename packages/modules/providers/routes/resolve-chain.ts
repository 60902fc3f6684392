import { Problem } from '@guildhall/kernel'
import { createAdapter } from '../adapters/create-adapter.ts'
import { isChatModel } from '../adapters/model-purpose.ts'
import type { Connection, Target } from '../connection.ts'
import { extractiveModel } from '../extractive.ts'
import { isProviderKind } from '../kinds.ts'
import type { StoredChain, StoredRoute } from '../load-providers.ts'
import type { ChainTarget } from '../schema.ts'
import type { Chain } from './chain.ts'
import { orderTargets } from './order-targets.ts'

export const defaultModel = 'default'

export interface Known {
  connections: readonly Connection[]
  chain: StoredChain | null
  routes: readonly StoredRoute[]
  fetch: typeof globalThis.fetch
}

export interface Resolution {
  /** As the request names it. */
  name: string
  /** The caller brought text to quote from, so a quotation is an answer whatever model was named. */
  hasPassages: boolean
  /** Whose routes come first. */
  projectId: string | null
  /** Decides the draw among targets of one rank: the run. */
  seed: string
}

/**
 * Who is asked when a request names `default`, a route, `provider/model`, or a model; in that order.
 * @throws Problem 404 when nothing here has that name
 */
export function resolveChain({ name, hasPassages, projectId, seed }: Resolution, known: Known): Chain {
  const requested = name.trim() === '' ? defaultModel : name.trim()
  const byName = { requested, route: null }
  if (requested === extractiveModel) return { ...byName, targets: [], missing: [], extractive: true }
  if (requested === defaultModel) return { ...byName, ...defaultTargets(known), extractive: true }
  const route = findRoute(requested, known.routes, projectId)
  if (route) {
    const { id, alias, version, rules } = route
    const extractive = hasPassages || rules.lastResort.extractive
    const targets = configured(orderTargets(route.targets, `${seed}\n${alias}`), known)
    return { requested, route: { id, alias, version, rules }, ...targets, extractive }
  }
  const named = findNamed(requested, known.connections)
  if (!named) throw modelNotFound(requested, known, projectId)
  return { ...byName, ...configured([named], known), extractive: hasPassages }
}

/** The project's route of that name, else the tenant's, else its agency's. */
function findRoute(alias: string, routes: readonly StoredRoute[], projectId: string | null): StoredRoute | undefined {
  const named = routes.filter((route) => route.alias === alias)
  const own = (of: string | null) => named.find((route) => route.source === 'own' && route.projectId === of)
  return (
    (projectId === null ? undefined : own(projectId)) ??
    own(null) ??
    named.find((route) => route.source === 'agency' && route.projectId === null)
  )
}

/** Names of routes that a request of this tenant (and project) may give. */
export function routeAliases(routes: readonly StoredRoute[], projectId: string | null): string[] {
  const reachable = routes.filter(
    (route) => route.projectId === null || (route.source === 'own' && route.projectId === projectId),
  )
  return [...new Set(reachable.map((route) => route.alias))].toSorted()
}

/** Whether a request may name this model, and somebody who is configured would answer. */
export function isKnownModel(name: string, known: Known): boolean {
  if (name === defaultModel || name === extractiveModel) return true
  if (known.routes.some((route) => route.alias === name)) return true
  const named = findNamed(name, known.connections)
  return named !== null && targetOf(named, known) !== null
}

function defaultTargets(known: Known): Pick<Chain, 'targets' | 'missing'> {
  return configured(known.chain?.targets ?? defaultOrder(known.connections), known)
}

/** Those that have a key, ready to be asked, and those that have none. */
function configured(wanted: readonly ChainTarget[], known: Known): Pick<Chain, 'targets' | 'missing'> {
  const targets: Target[] = []
  const missing: ChainTarget[] = []
  for (const { provider, model } of wanted) {
    const target = targetOf({ provider, model }, known)
    if (target) targets.push(target)
    else missing.push({ provider, model })
  }
  return { targets, missing }
}

/** Each kind that is configured, in the order of the kinds, with its preferred model. */
export function defaultOrder(connections: readonly Connection[]): ChainTarget[] {
  return connections.flatMap((connection) => {
    const model = chatModels(connection)[0]
    return model === undefined ? [] : [{ provider: connection.slug, model }]
  })
}

/** Models of a connection that answer questions. */
export function chatModels(connection: Pick<Connection, 'models'>): string[] {
  return connection.models.filter(isChatModel)
}

function findNamed(requested: string, connections: readonly Connection[]): ChainTarget | null {
  const slash = requested.indexOf('/')
  const provider = requested.slice(0, slash)
  const model = requested.slice(slash + 1)
  if (slash > 0 && model !== '' && connections.some((connection) => connection.slug === provider))
    return { provider, model }
  const offering = connections.find((connection) => connection.models.includes(requested))
  if (offering) return { provider: offering.slug, model: requested }
  return slash > 0 && model !== '' && isProviderKind(provider) ? { provider, model } : null
}

function targetOf({ provider, model }: ChainTarget, known: Known): Target | null {
  const connection = known.connections.find((candidate) => candidate.slug === provider)
  return connection ? createTarget(connection, model, known.fetch) : null
}

/** Targets by connection and model: connections are remembered, and making an adapter takes longer than a lookup. */
const made = new WeakMap<Connection, Map<string, { target: Target; fetch: typeof globalThis.fetch }>>()

export function createTarget(connection: Connection, model: string, fetch: typeof globalThis.fetch): Target {
  const ofConnection = made.get(connection) ?? new Map()
  const before = ofConnection.get(model)
  if (before?.fetch === fetch) return before.target
  const { apiKey, baseUrl, slug, models, settings, kind } = connection
  const adapter = createAdapter(kind, { apiKey, baseUrl, name: slug, models, settings, fetch })
  const target: Target = { connection, model, adapter }
  // Callers choose the model's name: what is kept stays bounded.
  if (ofConnection.size >= 100) ofConnection.clear()
  made.set(connection, ofConnection.set(model, { target, fetch }))
  return target
}

function modelNotFound(requested: string, { connections, routes }: Known, projectId: string | null): Problem {
  const known = [
    defaultModel,
    extractiveModel,
    ...routeAliases(routes, projectId),
    ...connections.flatMap(({ slug, models }) => models.map((model) => `${slug}/${model}`)),
  ]
  return new Problem({
    status: 404,
    type: 'model-not-found',
    title: 'No such model',
    detail: `No route and no configured provider has a model named ${requested}. Known here: ${known.join(', ')}.`,
    errors: [{ field: 'model', message: 'is not known here' }],
  })
}
