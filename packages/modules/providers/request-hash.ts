import { hash } from 'node:crypto'
import type { LanguageModelV4CallOptions } from '@ai-sdk/provider'

/** What is asked, without what only says how it travels. */
export type Asked = Omit<LanguageModelV4CallOptions, 'abortSignal' | 'headers' | 'includeRawChunks'>

export function askedOf(options: LanguageModelV4CallOptions): Asked {
  const { abortSignal: _signal, headers: _headers, includeRawChunks: _raw, ...asked } = options
  return asked
}

/** One name for everything that decides an answer: model, prompt, tools and parameters, whatever their order. */
export function requestHash(model: string, asked: Asked): string {
  return digest([model], asked)
}

/** SHA-256 (base64url) of some words and of a value in canonical form. */
export function digest(words: readonly unknown[], value: unknown): string {
  return hash('sha256', `${JSON.stringify(words)}\n${canonicalText(value)}`, 'base64url')
}

/** By what was asked: the cache and the last resort both name a call after it. */
const texts = new WeakMap<object, string>()

/** JSON with its members in one order, bytes by their hash; what is undefined is as good as left out. */
function canonicalText(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? ''
  let text = texts.get(value)
  if (text === undefined) {
    text = JSON.stringify(value, canonical)
    texts.set(value, text)
  }
  return text
}

function canonical(_key: string, member: unknown): unknown {
  if (member instanceof Uint8Array) return { sha256: hash('sha256', member, 'base64url') }
  if (typeof member !== 'object' || member === null || Array.isArray(member)) return member
  const names = Object.keys(member)
  return isInOrder(names) ? member : Object.fromEntries(Object.entries(member).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

function isInOrder(names: readonly string[]): boolean {
  for (let at = 1; at < names.length; at++) if ((names[at - 1] ?? '') > (names[at] ?? '')) return false
  return true
}
