import { z } from 'zod'
import { ENGINE, Passage, Provenance, VERSION, type Conversation } from './conversation.ts'
import { floorsOf, inOrder, type Floor } from './floors.ts'
import { judgeResponse, ObjectionResponse } from './objection-response.ts'
import { OBJECTION_RULES, type ObjectionRule } from './objection-rules/index.ts'
import { compileTagged, findTagged, type PhraseMatch, type TaggedMatch } from './phrases.ts'
import { isPunctuated } from './questions.ts'
import { passageOf, readCall, type Reading, type ReadTurn } from './reading.ts'
import type { Sentence } from './words.ts'

export const ObjectionKind = z
  .enum(['price', 'timing', 'authority', 'need', 'competitor', 'trust', 'contract', 'status-quo'])
  .describe('What the prospect holds against buying')
export type ObjectionKind = z.infer<typeof ObjectionKind>

export const Objection = z.object({
  kind: ObjectionKind,
  quote: Passage.describe('The sentence that holds the objection'),
  matched: z.string().describe('The words that told it'),
  rule: z.string().describe('The pattern they matched, so that a finding can be checked and disputed'),
  atSeconds: z.number().nullable(),
  response: ObjectionResponse,
})
export type Objection = z.infer<typeof Objection>

export const Objections = Provenance.extend({
  objections: z.array(Objection).describe('In the order in which they were raised'),
}).describe('Objections of the prospect and how the rep met them')
export type Objections = z.infer<typeof Objections>

const RULES = new Map<string, ObjectionRule>(OBJECTION_RULES.map((rule) => [rule.kind, rule]))
const PHRASES = compileTagged(
  Object.fromEntries(OBJECTION_RULES.map((rule) => [rule.kind, [...rule.phrases, ...(rule.states ?? [])]])),
)
const STATES = new Set(OBJECTION_RULES.flatMap((rule) => rule.states ?? []))
/** Words of what comes back by habit, and of what is now in spite of them: "Mondays are chaos", "every day is chaos right now". */
const HABIT = new Set(
  'mondays tuesdays wednesdays thursdays fridays saturdays sundays weekdays weekends mornings afternoons evenings nights every each always usually normally often sometimes whenever typically'.split(
    ' ',
  ),
)
const NOW = new Set('now moment currently lately this these until season'.split(' '))
const NEGATIONS = new Set(['not', 'never', 'no', 'nothing', 'without', 'hardly'])

/** "It is not too expensive" and "price is not the issue" are the opposite of an objection, unless the rule itself is about a "not". */
function isNegated(sentence: Sentence, match: PhraseMatch): boolean {
  if (match.pattern.split(/[\s|?]+/).some((word) => NEGATIONS.has(word))) return false
  return sentence.words.slice(Math.max(0, match.from - 3), match.to).some(({ word }) => NEGATIONS.has(word))
}

/** "On Mondays it is chaos" tells how things are, not that the time is bad. */
function isHabit(sentence: Sentence, match: PhraseMatch): boolean {
  if (!STATES.has(match.pattern)) return false
  const words = sentence.words.map(({ word }) => word)
  return words.some((word) => HABIT.has(word)) && !words.some((word) => NOW.has(word))
}

type Found = { rule: ObjectionRule; match: PhraseMatch; sentence: Sentence; turn: ReadTurn }

/** One objection of each kind per sentence: the longest match, since it says most. */
function inSentence(turn: ReadTurn, sentence: Sentence): Found[] {
  const best = new Map<string, TaggedMatch>()
  for (const match of findTagged(PHRASES, sentence.words)) {
    const known = best.get(match.tag)
    if (known && known.to - known.from >= match.to - match.from) continue
    if (!isNegated(sentence, match) && !isHabit(sentence, match)) best.set(match.tag, match)
  }
  return [...best.values()]
    .toSorted((a, b) => a.from - b.from)
    .flatMap((match) => {
      const rule = RULES.get(match.tag)
      return rule ? [{ rule, match, sentence, turn }] : []
    })
}

/** Objections of one floor; the same kind said twice in one breath is one objection. */
function inFloor(floor: Floor): Found[] {
  const seen = new Set<ObjectionKind>()
  return floor.turns
    .flatMap((turn) => turn.sentences.flatMap((sentence) => inSentence(turn, sentence)))
    .filter(({ rule }) => !seen.has(rule.kind) && seen.add(rule.kind))
}

/** What the rep says next: their turns up to the prospect's next word, and once more after it; up to the prospect's next objection. */
function repliesAfter(turns: readonly ReadTurn[], last: ReadTurn, objecting: ReadonlySet<ReadTurn>): ReadTurn[][] {
  const replies: ReadTurn[][] = []
  let before: ReadTurn | null = null
  for (const turn of turns.slice(turns.indexOf(last) + 1)) {
    if (objecting.has(turn)) break
    if (turn.side === 'rep') {
      if (before?.side === 'rep') replies.at(-1)?.push(turn)
      else if (replies.length === 2) break
      else replies.push([turn])
    }
    if (turn.side !== 'other') before = turn
  }
  return replies
}

/**
 * Finds the prospect's objections by transparent phrase rules (English) and judges the reply to each.
 * Rules are in objection-rules/; `rule` and `matched` tell which one fired on which words.
 * @throws ConversationError for turns by unknown parties and for impossible times
 */
export function findObjections(conversation: Conversation): Objections {
  return objectionsOf(readCall(conversation))
}

export const objectionsOf = (reading: Reading): Objections => ({
  engine: ENGINE,
  version: VERSION,
  objections: objectionsIn(reading),
  warnings: [...reading.warnings],
})

function objectionsIn(reading: Reading): Objection[] {
  const turns = inOrder(reading)
  const punctuated = isPunctuated(reading)
  const raised = floorsOf(reading)
    .filter((floor) => floor.side === 'prospect')
    .map((floor) => ({ floor, found: inFloor(floor) }))
  const objecting = new Set(raised.flatMap(({ found }) => found.map(({ turn }) => turn)))
  return raised.flatMap(({ floor, found }) =>
    found.map(({ rule, match, sentence, turn }): Objection => {
      const first = sentence.words[match.from]?.start ?? sentence.start
      const end = sentence.words[match.to - 1]?.end ?? sentence.end
      const last = floor.turns.findLast((one) => one.party === turn.party) ?? turn
      return {
        kind: rule.kind,
        quote: passageOf(turn, sentence),
        matched: turn.text.slice(first, end),
        rule: match.pattern,
        atSeconds: reading.timing === 'none' ? null : turn.start,
        response: judgeResponse(repliesAfter(turns, last, objecting), rule.topic, punctuated),
      }
    }),
  )
}
