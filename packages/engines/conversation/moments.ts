import { z } from 'zod'
import { ENGINE, Passage, Provenance, VERSION, type Conversation } from './conversation.ts'
import { floorsOf, type Floor } from './floors.ts'
import type { CallMetrics } from './metrics.ts'
import type { Objections } from './objections.ts'
import { compilePhrases, findPhrase } from './phrases.ts'
import { passageOf, readCall, type Reading } from './reading.ts'
import { round } from './talk-time.ts'

export const MomentKind = z.enum(['objection', 'question-streak', 'monologue', 'price', 'interruption', 'next-step'])
export type MomentKind = z.infer<typeof MomentKind>

export const Moment = z.object({
  kind: MomentKind,
  title: z.string().describe('One line for a timeline'),
  turn: z.number().int().describe('Index of its first turn'),
  lastTurn: z.number().int().describe('Index of its last turn'),
  startSeconds: z.number().nullable(),
  endSeconds: z.number().nullable(),
  quote: Passage.nullable(),
})
export type Moment = z.infer<typeof Moment>

export const Moments = Provenance.extend({ moments: z.array(Moment).describe('In the order of the call') })
export type Moments = z.infer<typeof Moments>

export const MomentOptions = z.object({
  monologueSeconds: z
    .number()
    .positive()
    .max(36_000)
    .default(90)
    .describe('A floor of the rep from this length on is a moment, seconds'),
  monologueWords: z
    .number()
    .int()
    .positive()
    .max(100_000)
    .default(220)
    .describe('The same in words, for transcripts without times'),
  streak: z
    .number()
    .int()
    .min(2)
    .max(50)
    .default(3)
    .describe('So many questioning turns of the rep in a row are a streak'),
})
export type MomentOptions = z.input<typeof MomentOptions>

const PRICE = compilePhrases([
  'price',
  'prices',
  'pricing',
  'how much does|is|do|are|would * cost|charge|it|that|this',
  'cost * per|a month|year|seat|user|location|chair',
  '$|€|£',
  'dollars|euros|pounds',
  'per|a month * location|chair|user|seat|person',
  'discount',
])

type Draft = Omit<Moment, 'startSeconds' | 'endSeconds'>

/**
 * The moments of a call worth jumping to. `metrics` and `objections` must come from the same conversation.
 * @throws ConversationError for turns by unknown parties and for impossible times
 */
export function keyMoments(
  conversation: Conversation,
  metrics: CallMetrics,
  objections: Objections,
  options: MomentOptions = {},
): Moments {
  return momentsOf(readCall(conversation), metrics, objections, options)
}

export function momentsOf(
  reading: Reading,
  metrics: CallMetrics,
  objections: Objections,
  options: MomentOptions,
): Moments {
  const settings = MomentOptions.parse(options)
  const floors = floorsOf(reading)
  const drafts: Draft[] = [
    ...objections.objections.map(({ kind, quote }): Draft => ({
      kind: 'objection',
      title: `Objection: ${kind}`,
      turn: quote.turn,
      lastTurn: quote.turn,
      quote,
    })),
    ...monologues(reading, floors, settings),
    ...streaks(metrics, floors, settings.streak),
    ...prices(reading),
    ...(metrics.interruptions?.events ?? []).map(({ turn, by, overlapSeconds }): Draft => {
      const who = by === 'rep' ? 'Rep' : by === 'prospect' ? 'Prospect' : 'Somebody'
      return {
        kind: 'interruption',
        title: `${who} cuts in (${round(overlapSeconds, 1)} s)`,
        turn,
        lastTurn: turn,
        quote: null,
      }
    }),
    ...nextSteps(metrics),
  ]
  const moments = drafts
    .map((draft): Moment => {
      const timed = reading.timing !== 'none'
      return {
        ...draft,
        startSeconds: timed ? (reading.turns[draft.turn]?.start ?? null) : null,
        endSeconds: timed ? (reading.turns[draft.lastTurn]?.end ?? null) : null,
      }
    })
    .toSorted(
      (a, b) =>
        (a.startSeconds ?? 0) - (b.startSeconds ?? 0) ||
        a.turn - b.turn ||
        (a.quote?.start ?? 0) - (b.quote?.start ?? 0),
    )
  return { engine: ENGINE, version: VERSION, moments, warnings: [...reading.warnings] }
}

function monologues({ timing }: Reading, floors: readonly Floor[], settings: z.infer<typeof MomentOptions>): Draft[] {
  const isLong = (floor: Floor): boolean =>
    timing === 'none' ? floor.words >= settings.monologueWords : floor.seconds >= settings.monologueSeconds
  return floors
    .filter((floor) => floor.side === 'rep' && isLong(floor))
    .map((floor) => ({
      kind: 'monologue',
      title:
        timing === 'none'
          ? `Rep speaks ${floor.words} words in a row`
          : `Rep speaks for ${Math.round(floor.seconds)} s`,
      ...boundsOf(floor),
      quote: null,
    }))
}

const boundsOf = (floor: Floor): { turn: number; lastTurn: number } => ({
  turn: floor.turns[0]?.index ?? 0,
  lastTurn: floor.turns.at(-1)?.index ?? 0,
})

/** Floors of the rep in a row that each hold a question; the prospect's answers stand between them. */
function streaks(metrics: CallMetrics, floors: readonly Floor[], least: number): Draft[] {
  const asking = new Map<number, Passage>()
  for (const { kind: _, ...question } of metrics.questions.rep.asked)
    if (!asking.has(question.turn)) asking.set(question.turn, question)
  const found: Draft[] = []
  let run: Floor[] = []
  const close = (): void => {
    const first = run[0]
    const last = run.at(-1)
    if (run.length >= least && first && last) {
      const opening = first.turns.map((turn) => asking.get(turn.index)).find((question) => question !== undefined)
      found.push({
        kind: 'question-streak',
        title: `${run.length} questions in a row`,
        turn: boundsOf(first).turn,
        lastTurn: boundsOf(last).lastTurn,
        quote: opening ?? null,
      })
    }
    run = []
  }
  for (const floor of floors) {
    if (floor.side !== 'rep') continue
    if (floor.turns.some((turn) => asking.has(turn.index))) run.push(floor)
    else close()
  }
  close()
  return found
}

/** Where money comes up: the first sentence of each turn that names a price. */
function prices(reading: Reading): Draft[] {
  return reading.turns.flatMap((turn): Draft[] => {
    const sentence = turn.sentences.find(({ words }) => findPhrase(PRICE, words) !== null)
    const who = turn.side === 'rep' ? 'Rep' : 'Prospect'
    return sentence
      ? [
          {
            kind: 'price',
            title: `${who} speaks of the price`,
            turn: turn.index,
            lastTurn: turn.index,
            quote: passageOf(turn, sentence),
          },
        ]
      : []
  })
}

function nextSteps({ nextStep }: CallMetrics): Draft[] {
  return nextStep.commitments
    .filter((commitment) => commitment.when !== null || commitment === nextStep.best)
    .map(({ evidence, when, agreed }) => ({
      kind: 'next-step',
      title: when === null ? 'Next step without a date' : `Next step: ${when.text}${agreed ? ', agreed' : ''}`,
      turn: evidence.turn,
      lastTurn: evidence.turn,
      quote: evidence,
    }))
}
