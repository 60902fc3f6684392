import { formatDuration } from '@/format/number'
import type { RouteRules } from './use-routes'

/** What a new route starts with: the installation's own clocks, nothing kept, stop and tell. */
export const usualRules: RouteRules = {
  afterFirstToken: 'stop',
  attempts: 3,
  connectMs: null,
  firstTokenMs: null,
  idleMs: null,
  totalMs: null,
  hedge: false,
  cacheSeconds: null,
  similarity: null,
  lastResort: { cached: true, extractive: false },
  payloads: true,
}

const clocks = [
  ['connectMs', 'connection'],
  ['firstTokenMs', 'first token'],
  ['idleMs', 'between tokens'],
  ['totalMs', 'in all'],
] as const

/** The rules of a route in words, for people who did not write them. */
export function rulesInWords(rules: RouteRules): { name: string; text: string }[] {
  const set = clocks.flatMap(([key, word]) => {
    const ms = rules[key]
    return ms === null ? [] : [`${word} ${formatDuration(ms)}`]
  })
  const { lastResort } = rules
  return [
    {
      name: 'An answer breaks off',
      text:
        rules.afterFirstToken === 'stop'
          ? 'it ends with an error'
          : 'the next one begins again, for callers who allow it',
    },
    { name: 'Attempts at one target', text: `${String(rules.attempts)} at most` },
    { name: 'Patience', text: set.length > 0 ? set.join(', ') : 'as the installation is set' },
    { name: 'Hedging', text: rules.hedge ? 'a slow call asks the next target too' : 'off' },
    {
      name: 'Kept answers',
      text:
        rules.cacheSeconds === null
          ? 'none'
          : `the same question for ${formatDuration(rules.cacheSeconds * 1000)}${rules.similarity === null ? '' : `, a like one from ${String(rules.similarity)} on`}`,
    },
    {
      name: 'Nobody answers',
      text:
        [
          ...(lastResort.cached ? ['an earlier answer, marked'] : []),
          ...(lastResort.extractive ? ['quotations, marked'] : []),
        ].join(', then ') || 'an error that lists who failed',
    },
    { name: 'Prompts and answers', text: rules.payloads ? 'in the journal, sealed' : 'not kept' },
  ]
}
