import { notConfigured, Problem } from '@guildhall/kernel'
import { purposeOf } from '../adapters/model-purpose.ts'
import type { Connection, Target } from '../connection.ts'
import { createTarget, defaultModel } from '../routes/resolve-chain.ts'

export type MediaPurpose = 'image' | 'speech' | 'transcription' | 'moderation'

const missing: Record<MediaPurpose, string> = {
  image: 'No configured provider makes images. Add an OpenAI or Google key',
  speech: 'No configured provider speaks. Add an OpenAI key, or an Azure deployment of a tts model',
  transcription: 'No configured provider transcribes recordings. Add an OpenAI, Groq or Mistral key',
  moderation: 'No configured provider judges texts. Add an OpenAI or Mistral key',
}

/**
 * Who is asked, in order.
 * @throws Problem 404 when nobody here has that model for this purpose, 424 when nobody here has any
 */
export function findTargets(
  purpose: MediaPurpose,
  requested: string,
  { connections, fetch }: { connections: readonly Connection[]; fetch: typeof globalThis.fetch },
): Target[] {
  const able = connections.flatMap((connection): Target[] => {
    const target = createTarget(connection, '', fetch)
    const offered = target.adapter[purpose]
    return offered ? [{ ...target, model: offered.model }] : []
  })
  if (able.length === 0) throw notConfigured(`${missing[purpose]} in Settings, Providers.`, 'providers')
  if (requested === defaultModel) return able
  const named = byProvider(requested, able) ?? byName(purpose, requested, able)
  if (named) return [named]
  throw new Problem({
    status: 404,
    type: 'model-not-found',
    title: 'No such model',
    detail: `No configured provider has a model named ${requested} for this. Known here: ${able.map(({ connection, model }) => `${connection.slug}/${model}`).join(', ')}, ${defaultModel}.`,
    errors: [{ field: 'model', message: 'is not known here' }],
  })
}

function byProvider(requested: string, able: readonly Target[]): Target | null {
  const slash = requested.indexOf('/')
  const found = able.find(({ connection }) => slash > 0 && connection.slug === requested.slice(0, slash))
  const model = requested.slice(slash + 1)
  return found && model !== '' ? { ...found, model } : null
}

/** OpenAI's own names (`whisper-1`, `dall-e-3`) work without being listed, since its clients send them by themselves. */
function byName(purpose: MediaPurpose, model: string, able: readonly Target[]): Target | null {
  const found =
    able.find((target) => target.model === model || target.connection.models.includes(model)) ??
    able.find(({ connection }) => connection.kind === 'openai' && purposeOf(model) === purpose)
  return found ? { ...found, model } : null
}
