import type { JSONValue, LanguageModelV4CallOptions } from '@ai-sdk/provider'

/** What callers ask for that each provider calls by a name of its own. Travels in `providerOptions.guildhall`. */
export interface Wishes {
  /** Whether several tools may be called at once. */
  parallelToolCalls?: boolean
  /** Most likely alternatives to tell for each token, 0 to 20; absent = no probabilities at all. */
  logprobs?: number
  /** Tokens that Claude may think for. */
  thinkingTokens?: number
  /** Claude: `adaptive` lets it decide, `disabled` forbids it. */
  thinking?: 'adaptive' | 'disabled'
}

const wishesKey = 'guildhall'

/** As options of a call; nothing when nothing is wished. */
export function wishing(wishes: { [K in keyof Wishes]: Wishes[K] | null | undefined }): Pick<
  LanguageModelV4CallOptions,
  'providerOptions'
> {
  const given: Record<string, JSONValue> = {}
  for (const [name, wish] of Object.entries(wishes)) if (wish !== undefined && wish !== null) given[name] = wish
  return Object.keys(given).length === 0 ? {} : { providerOptions: { [wishesKey]: given } }
}

export function wishesOf(options: LanguageModelV4CallOptions): Wishes {
  const { parallelToolCalls, logprobs, thinkingTokens, thinking } = options.providerOptions?.[wishesKey] ?? {}
  return {
    ...(typeof parallelToolCalls === 'boolean' ? { parallelToolCalls } : {}),
    ...(typeof logprobs === 'number' ? { logprobs } : {}),
    ...(typeof thinkingTokens === 'number' ? { thinkingTokens } : {}),
    ...(thinking === 'adaptive' || thinking === 'disabled' ? { thinking } : {}),
  }
}

/** Whether an answer that was kept is one: probabilities are not kept. */
export function keptWouldDo(options: LanguageModelV4CallOptions): boolean {
  return wishesOf(options).logprobs === undefined
}

/** The options with one provider's own words in place of the wishes. What the caller has set for it stays. */
export function inWordsOf(
  options: LanguageModelV4CallOptions,
  provider: string,
  words: Record<string, JSONValue | undefined>,
): LanguageModelV4CallOptions {
  const { [wishesKey]: _wishes, ...given } = options.providerOptions ?? {}
  const said = Object.fromEntries(Object.entries(words).filter(([, value]) => value !== undefined))
  const all = { ...said, ...given[provider] }
  const { providerOptions: _options, ...rest } = options
  return { ...rest, providerOptions: { ...given, ...(Object.keys(all).length === 0 ? {} : { [provider]: all }) } }
}
