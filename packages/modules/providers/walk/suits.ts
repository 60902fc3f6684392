import type { LanguageModelV4CallOptions } from '@ai-sdk/provider'
import { wishesOf } from '../adapters/wishes.ts'
import type { Target } from '../connection.ts'
import { contextWindow, lacking, type Need } from './model-facts.ts'

/** Why a target is not asked at all. */
interface Unsuited {
  reason: 'context_too_small' | 'lacks_capability'
  message: string
}

/** Tests a target against what a request needs; null = it may be asked. What is not known is not held against it. */
export type Suits = (target: Target) => Unsuited | null

/**
 * @param words estimate of the prompt's tokens, only asked for where it could be too long
 * @param takesBytes whose requests go out as they came, with members that its package has no word for
 */
export function suitsRequest(
  options: LanguageModelV4CallOptions,
  words: { characters: number; inputTokens(): number },
  takesBytes: (target: Target) => boolean = () => false,
): Suits {
  const needs = needsOf(options)
  const output = options.maxOutputTokens ?? 0
  const logprobs = wishesOf(options).logprobs !== undefined
  return (target) => {
    // Which of OpenAI's models give them is known; of other servers only that their package cannot ask for them.
    const mayGive = target.connection.kind !== 'openai' && takesBytes(target)
    if (logprobs && !mayGive && !target.adapter.logprobs(target.model))
      return { reason: 'lacks_capability', message: `${target.model} does not give logprobs` }
    const lacks = lacking(target.model, needs)
    if (lacks.length > 0)
      return { reason: 'lacks_capability', message: `${target.model} is known to be without ${lacks.join(', ')}` }
    const window = contextWindow(target)
    // A token is at least one character: short prompts need not be counted.
    if (window === null || words.characters + output <= window) return null
    const tokens = words.inputTokens() + output
    if (tokens <= window) return null
    return {
      reason: 'context_too_small',
      message: `about ${tokens} tokens are more than the ${window} of ${target.model}`,
    }
  }
}

export function needsOf(options: LanguageModelV4CallOptions): Need[] {
  const needs: Need[] = []
  if ((options.tools?.length ?? 0) > 0 && options.toolChoice?.type !== 'none') needs.push('tools')
  if (options.responseFormat?.type === 'json' && options.responseFormat.schema) needs.push('json-schema')
  const seesImages = options.prompt.some(
    (message) =>
      message.role !== 'system' &&
      message.content.some((part) => part.type === 'file' && part.mediaType.startsWith('image')),
  )
  if (seesImages) needs.push('vision')
  return needs
}
