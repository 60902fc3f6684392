import type { LanguageModelV4StreamPart } from '@ai-sdk/provider'

/** Said in the middle of a stream: everything before this is void, the answer begins again with somebody else. */
export interface Restart {
  type: 'guildhall-restart'
  /** Who broke off, and why. */
  from: { provider: string; model: string; reason: string }
  /** Who answers from here on. */
  to: { provider: string; model: string }
}

/** Streams of the AI SDK have no part for it, so it travels as a raw one. */
export function restartPart(restart: Restart): LanguageModelV4StreamPart {
  return { type: 'raw', rawValue: restart }
}

/** The restart that a part of a stream announces; null for every other part. */
export function restartOf(part: LanguageModelV4StreamPart): Restart | null {
  if (part.type !== 'raw') return null
  const { rawValue } = part
  return isRestart(rawValue) ? rawValue : null
}

function isRestart(value: unknown): value is Restart {
  return typeof value === 'object' && value !== null && 'type' in value && value.type === 'guildhall-restart'
}
