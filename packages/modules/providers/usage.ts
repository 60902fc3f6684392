import type { LanguageModelV4Usage } from '@ai-sdk/provider'
import type { Tokens } from '@guildhall/modules/runs'
import { estimateTokenCount } from 'tokenx'

/** Nothing was asked of a provider. */
export const noUsage: LanguageModelV4Usage = {
  inputTokens: { total: 0, noCache: 0, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 0, text: 0, reasoning: 0 },
}

/** A call that is not charged by tokens. */
export const noTokens = { input: 0, output: 0, cached: 0, cacheWrite: 0 }

export type CountedTokens = Tokens & Required<Pick<Tokens, 'cacheWrite'>>

/** More than any model takes or gives: a count beyond it is a mistake, not a use. */
const mostTokens = 20_000_000

/** Whether a provider can have meant this. */
function isPlausible(usage: LanguageModelV4Usage | undefined): boolean {
  const { inputTokens, outputTokens } = usage ?? noUsage
  const counts = [
    inputTokens.total,
    inputTokens.cacheRead,
    inputTokens.cacheWrite,
    outputTokens.total,
    outputTokens.reasoning,
  ]
  const sound = counts.every(
    (count) => count === undefined || (Number.isInteger(count) && count >= 0 && count <= mostTokens),
  )
  return sound && (inputTokens.cacheRead ?? 0) + (inputTokens.cacheWrite ?? 0) <= (inputTokens.total ?? mostTokens)
}

/**
 * What the provider says was used; where it says nothing, or what cannot be, an estimate from the words, marked as such.
 */
export function countTokens(said: LanguageModelV4Usage | undefined, asked: string, answered: string): CountedTokens {
  const usage = isPlausible(said) ? said : undefined
  const input = usage?.inputTokens.total
  const output = usage?.outputTokens.total
  const silent = !input && !output && (asked !== '' || answered !== '')
  if (silent || input === undefined || output === undefined)
    return {
      input: input || estimateTokenCount(asked),
      output: output || estimateTokenCount(answered),
      cached: 0,
      cacheWrite: 0,
      estimated: true,
    }
  const reasoning = usage?.outputTokens.reasoning
  return {
    input,
    output,
    cached: usage?.inputTokens.cacheRead ?? 0,
    cacheWrite: usage?.inputTokens.cacheWrite ?? 0,
    ...(reasoning ? { reasoning } : {}),
  }
}
