import { createHash } from 'node:crypto'
import type { LanguageModelV4CallOptions } from '@ai-sdk/provider'

/** What is asked, without what only says how it travels. */
export type Asked = Omit<LanguageModelV4CallOptions, 'abortSignal' | 'headers' | 'includeRawChunks'>

export function askedOf(options: LanguageModelV4CallOptions): Asked {
  const { abortSignal: _signal, headers: _headers, includeRawChunks: _raw, ...asked } = options
  return asked
}

/** One name for everything that decides an answer: model, prompt, tools and parameters, whatever their order. */
export function requestHash(model: string, asked: Asked): string {
  return createHash('sha256')
    .update(canonical([model, asked]))
    .digest('base64url')
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) => {
    if (member instanceof Uint8Array) return createHash('sha256').update(member).digest('base64url')
    if (typeof member !== 'object' || member === null || Array.isArray(member) || member instanceof URL) return member
    return Object.fromEntries(Object.entries(member).toSorted(([a], [b]) => (a < b ? -1 : 1)))
  })
}
