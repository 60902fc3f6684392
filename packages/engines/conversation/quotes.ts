import { z } from 'zod'
import { Passage, type Conversation } from './conversation.ts'

/** Where a quote stands. `passages` are exact pieces of the transcript: one, or several for an ellipsis or several turns. */
export const QuotePlace = z.object({
  party: z.string().describe('Who said it'),
  turn: z.number().int().describe('Index of the turn in which it begins'),
  start: z.number().int().describe('Offset of its first character in that turn'),
  endTurn: z.number().int().describe('Index of the turn in which it ends'),
  end: z.number().int().describe('Offset after its last character in the last turn'),
  passages: z.array(Passage),
})
export type QuotePlace = z.infer<typeof QuotePlace>

/** Longer quotes are refused: nobody checks a page of text as evidence. */
export const MAX_QUOTE_CHARACTERS = 4000

type Token = { text: string; start: number; end: number }

/*
 * A token is a number with its separators and sign, a word with its inner apostrophes, or a sign that carries meaning ($, %, +).
 * Superscripts and fractions (\p{No}) stand alone, or "10²" would read as 102 once it is normalised.
 */
const TOKEN =
  /(?:(?<![\p{L}\p{N}])[-−])?\p{Nd}+(?:[.,:/-]\p{Nd}+)*(?:[\p{L}\p{M}\p{Cf}]+)?|[\p{L}\p{M}](?:[\p{L}\p{M}\p{Nd}\p{Nl}\p{Cf}]|['’ʼ＇](?=[\p{L}\p{M}]))*|\p{No}|\p{Nl}|[\p{Sc}\p{Sm}\p{So}%‰]/gu

/** Words of a text as they are compared: NFKC, lower case, one form of apostrophe and minus, no soft hyphens. */
export function quoteTokens(text: string): { text: string; start: number; end: number }[] {
  return Array.from(text.matchAll(TOKEN), (match) => ({
    text: /^\p{No}$/u.test(match[0]) ? match[0] : normalise(match[0]),
    start: match.index,
    end: match.index + match[0].length,
  }))
}

const normalise = (token: string): string =>
  token
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .replaceAll(/[’ʼ＇]/g, "'")
    .replaceAll('−', '-')
    .toLowerCase()
    // Lower-casing may give decomposed letters ("İ").
    .normalize('NFKC')

const ELLIPSIS = /\[\s*(?:\.{3,}|…)\s*\]|\(\s*(?:\.{3,}|…)\s*\)|\.{3,}|…|\.\s\.\s\./
const NEGATION = /^(?:not|never|no|nobody|nothing|none|neither|nor|without|hardly|cannot|.+n't)$/

/** Turns of one party that follow each other, as one list of tokens. */
type Run = {
  party: string
  tokens: Token[]
  /** Turn and sentence of each token. */
  turnOf: number[]
  sentenceOf: number[]
  /** How many negations stand before each token. */
  negationsBefore: number[]
  /** Positions of each token text, ascending. */
  places: Map<string, number[]>
}

function runsOf({ turns }: Conversation): Run[] {
  const runs: Run[] = []
  for (const [index, turn] of turns.entries()) {
    let run = runs.at(-1)
    if (run?.party !== turn.party) {
      run = { party: turn.party, tokens: [], turnOf: [], sentenceOf: [], negationsBefore: [], places: new Map() }
      runs.push(run)
    }
    addTurn(run, index, turn.text)
  }
  return runs
}

function addTurn(run: Run, turn: number, text: string): void {
  let reached = 0
  let sentence = (run.sentenceOf.at(-1) ?? 0) + 1
  for (const token of quoteTokens(text)) {
    if (/[.?!]\s/.test(text.slice(reached, token.start))) sentence += 1
    reached = token.end
    const at = run.tokens.length
    const places = run.places.get(token.text)
    if (places) places.push(at)
    else run.places.set(token.text, [at])
    const before = run.tokens[at - 1]
    run.negationsBefore.push((run.negationsBefore[at - 1] ?? 0) + (before && NEGATION.test(before.text) ? 1 : 0))
    run.tokens.push(token)
    run.turnOf.push(turn)
    run.sentenceOf.push(sentence)
  }
}

const matchesAt = (run: Run, part: readonly string[], at: number): boolean =>
  at + part.length <= run.tokens.length && part.every((text, index) => run.tokens[at + index]?.text === text)

/** Where `part` stands from `from` on and before `to`: the first place that `accepts`. */
function findPart(
  run: Run,
  part: readonly string[],
  from: number,
  to: number,
  accepts: (at: number) => boolean,
): number {
  const places = run.places.get(part[0] ?? '') ?? []
  for (let index = firstFrom(places, from); index < places.length; index += 1) {
    const at = places[index] ?? to
    if (at >= to) return -1
    if (matchesAt(run, part, at) && accepts(at)) return at
  }
  return -1
}

/** Index of the first of the ascending `places` that is not below `from`. */
function firstFrom(places: readonly number[], from: number): number {
  let low = 0
  let high = places.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((places[middle] ?? 0) < from) low = middle + 1
    else high = middle
  }
  return low
}

const sameTurn = (run: Run, first: number, last: number): boolean => run.turnOf[first] === run.turnOf[last]

/** Left-out words may not turn the meaning round: no negation among them, unless a sentence ends in between. */
const mayLeaveOut = (run: Run, from: number, to: number): boolean =>
  run.negationsBefore[from] === run.negationsBefore[to] || run.sentenceOf[from - 1] !== run.sentenceOf[to]

/** Bounds on what a quote with left-out words may cost. */
const MAX_TRIES = 20
const MAX_PARTS = 10

function locate(run: Run, parts: readonly (readonly string[])[]): [number, number][] | null {
  const [head, ...rest] = parts
  if (!head) return null
  const whole = run.tokens.length
  let from = 0
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const at = findPart(
      run,
      head,
      from,
      whole,
      (place) => rest.length === 0 || sameTurn(run, place, place + head.length - 1),
    )
    if (at < 0) return null
    const endOfTurn = firstFrom(run.turnOf, (run.turnOf[at] ?? 0) + 1)
    const spans: [number, number][] = [[at, at + head.length]]
    for (const part of rest) {
      const previous = spans.at(-1)?.[1] ?? 0
      const next = findPart(run, part, previous, endOfTurn - part.length + 1, (place) =>
        mayLeaveOut(run, previous, place),
      )
      if (next < 0) break
      spans.push([next, next + part.length])
    }
    if (spans.length === parts.length) return spans
    from = at + 1
  }
  return null
}

/** The exact pieces of transcript for token spans, cut where a turn ends. */
function passagesOf(run: Run, spans: readonly [number, number][], { turns }: Conversation): Passage[] {
  const passages: Passage[] = []
  for (const [from, to] of spans) {
    let first = from
    for (let index = from; index < to; index += 1) {
      if (index + 1 < to && run.turnOf[index] === run.turnOf[index + 1]) continue
      const turn = run.turnOf[first] ?? 0
      const start = run.tokens[first]?.start ?? 0
      const end = run.tokens[index]?.end ?? 0
      passages.push({ turn, start, end, text: turns[turn]?.text.slice(start, end) ?? '' })
      first = index + 1
    }
  }
  return passages
}

function verify(
  runs: readonly Run[],
  conversation: Conversation,
  quote: string,
  party: string | undefined,
): QuotePlace | null {
  if (quote.length > MAX_QUOTE_CHARACTERS) return null
  const parts = quote
    .split(ELLIPSIS)
    .map((part) => quoteTokens(part).map((token) => token.text))
    .filter((part) => part.length > 0)
  if (parts.length === 0 || parts.length > MAX_PARTS) return null
  for (const run of runs) {
    if (party !== undefined && run.party !== party) continue
    const spans = locate(run, parts)
    if (!spans) continue
    const passages = passagesOf(run, spans, conversation)
    const first = passages[0]
    const last = passages.at(-1)
    if (first && last)
      return { party: run.party, turn: first.turn, start: first.start, endTurn: last.turn, end: last.end, passages }
  }
  return null
}

/**
 * Finds a quote in the transcript, word for word. Differences in Unicode form, white space, quotation marks, capitals and
 * punctuation are allowed; an altered, added or missing word, number or sign is not. "..." may leave words out within one
 * turn, in order, but never a negation within the sentence. A quote may run over consecutive turns of one party.
 * With `party` only what that party said counts.
 * @returns the first place, or null
 */
export function verifyQuote(
  conversation: Conversation,
  quote: string,
  options: { party?: string } = {},
): QuotePlace | null {
  return verify(runsOf(conversation), conversation, quote, options.party)
}

export type VerifiedQuotes<T> = {
  verified: (T & { place: QuotePlace })[]
  /** How many quotes are not in the transcript. */
  dropped: number
  droppedItems: T[]
}

/** Keeps the items whose quote (said by `party`, when given) is in the transcript, with its place, and counts the others. */
export function verifyQuotes<T extends { quote: string; party?: string | undefined }>(
  conversation: Conversation,
  items: readonly T[],
): VerifiedQuotes<T> {
  const runs = runsOf(conversation)
  const verified: (T & { place: QuotePlace })[] = []
  const droppedItems: T[] = []
  for (const item of items) {
    const place = verify(runs, conversation, item.quote, item.party)
    if (place) verified.push({ ...item, place })
    else droppedItems.push(item)
  }
  return { verified, dropped: droppedItems.length, droppedItems }
}
