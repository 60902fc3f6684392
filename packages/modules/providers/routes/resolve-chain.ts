import { Problem } from '@guildhall/kernel'
import { createAdapter } from '../adapters/create-adapter.ts'
import { isChatModel } from '../adapters/openai-compatible.ts'
import type { Chain } from './chain.ts'
import type { Connection, Target } from '../connection.ts'
import { extractiveModel } from '../extractive.ts'
import { isProviderKind } from '../kinds.ts'
import type { StoredChain } from '../load-providers.ts'
import type { ChainTarget } from '../schema.ts'

export const defaultModel = 'default'

export interface Known {
  connections: readonly Connection[]
  chain: StoredChain | null
  fetch: typeof globalThis.fetch
}

/**
 * Who is asked when a request names `default`, `provider/model`, or a model.
 * @param hasPassages the caller brought text to quote from, so a quotation is an answer whatever model was named
 * @throws Problem 404 when nothing here has that name
 */
export function resolveChain(name: string, known: Known, hasPassages: boolean): Chain {
  const requested = name.trim() === '' ? defaultModel : name.trim()
  if (requested === extractiveModel) return { requested, targets: [], missing: [], extractive: true }
  if (requested === defaultModel) return { requested, ...defaultTargets(known), extractive: true }
  const named = findNamed(requested, known.connections)
  if (!named) throw modelNotFound(requested, known.connections)
  const target = targetOf(named, known)
  return { requested, targets: target ? [target] : [], missing: target ? [] : [named], extractive: hasPassages }
}

/** Whether a request may name this model, and somebody who is configured would answer. */
export function isKnownModel(name: string, known: Known): boolean {
  if (name === defaultModel || name === extractiveModel) return true
  const named = findNamed(name, known.connections)
  return named !== null && targetOf(named, known) !== null
}

function defaultTargets(known: Known): Pick<Chain, 'targets' | 'missing'> {
  const wanted = known.chain?.targets ?? defaultOrder(known.connections)
  const found = wanted.map((target) => ({ target, resolved: targetOf(target, known) }))
  return {
    targets: found.flatMap(({ resolved }) => (resolved ? [resolved] : [])),
    missing: found.flatMap(({ target, resolved }) => (resolved ? [] : [target])),
  }
}

/** Google, OpenAI, Anthropic, Hugging Face, then compatible servers: each that is configured, with its preferred model. */
export function defaultOrder(connections: readonly Connection[]): ChainTarget[] {
  return connections.flatMap((connection) => {
    const model = chatModels(connection)[0]
    return model === undefined ? [] : [{ provider: connection.slug, model }]
  })
}

/** Models of a connection that answer questions. */
export function chatModels(connection: Pick<Connection, 'kind' | 'models'>): string[] {
  return connection.models.filter((model) => connection.kind !== 'openai-compatible' || isChatModel(model))
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

export function createTarget(connection: Connection, model: string, fetch: typeof globalThis.fetch): Target {
  const { apiKey, baseUrl, slug, models, kind } = connection
  return { connection, model, adapter: createAdapter(kind, { apiKey, baseUrl, name: slug, models, fetch }) }
}

function modelNotFound(requested: string, connections: readonly Connection[]): Problem {
  const known = [
    defaultModel,
    extractiveModel,
    ...connections.flatMap(({ slug, models }) => models.map((model) => `${slug}/${model}`)),
  ]
  return new Problem({
    status: 404,
    type: 'model-not-found',
    title: 'No such model',
    detail: `No configured provider has a model named ${requested}. Known here: ${known.join(', ')}.`,
    errors: [{ field: 'model', message: 'is not known here' }],
  })
}
