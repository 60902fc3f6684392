import { z } from 'zod'
import { ENGINE, Passage, Provenance, VERSION, type Conversation } from './conversation.ts'
import { floorsOf, type Floor } from './floors.ts'
import { judgeResponse, ObjectionResponse } from './objection-response.ts'
import { OBJECTION_RULES, type ObjectionRule } from './objection-rules.ts'
import { compilePhrases, findPhrases, type PhraseMatch, type Phrases } from './phrases.ts'
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

const COMPILED: readonly { rule: ObjectionRule; phrases: Phrases }[] = OBJECTION_RULES.map((rule) => ({
  rule,
  phrases: compilePhrases(rule.phrases),
}))
const NEGATIONS = new Set(['not', 'never', 'no', 'nothing', 'without', 'hardly'])

/** "It is not too expensive" and "no long contract, good" are the opposite of an objection. */
function isNegated(sentence: Sentence, match: PhraseMatch): boolean {
  const inside = sentence.words.slice(match.from, match.to).some((word) => NEGATIONS.has(word.word))
  if (inside) return false
  return sentence.words.slice(Math.max(0, match.from - 3), match.from).some((word) => NEGATIONS.has(word.word))
}

type Found = { rule: ObjectionRule; match: PhraseMatch; sentence: Sentence; turn: ReadTurn }

/** One objection of each kind per sentence: the longest match, since it says most. */
function inSentence(turn: ReadTurn, sentence: Sentence): Found[] {
  return COMPILED.flatMap(({ rule, phrases }) => {
    const matches = findPhrases(phrases, sentence.words).filter((match) => !isNegated(sentence, match))
    const [best] = matches.toSorted((a, b) => b.to - b.from - (a.to - a.from))
    return best ? [{ rule, match: best, sentence, turn }] : []
  }).toSorted((a, b) => a.match.from - b.match.from)
}

/** Objections of one floor; the same kind said twice in one breath is one objection. */
function inFloor(floor: Floor): Found[] {
  const seen = new Set<ObjectionKind>()
  return floor.turns
    .flatMap((turn) => turn.sentences.flatMap((sentence) => inSentence(turn, sentence)))
    .filter(({ rule }) => !seen.has(rule.kind) && seen.add(rule.kind))
}

/** The rep's next floors, two at most, up to the prospect's next objection. */
function repliesAfter(floors: readonly Floor[], position: number, objecting: ReadonlySet<Floor>): Floor[] {
  const replies: Floor[] = []
  for (const floor of floors.slice(position + 1)) {
    if (objecting.has(floor)) break
    if (floor.side === 'rep') replies.push(floor)
    if (replies.length === 2) break
  }
  return replies
}

/**
 * Finds the prospect's objections by transparent phrase rules (English) and judges the reply to each.
 * Rules are in objection-rules.ts; `rule` and `matched` tell which one fired on which words.
 * @throws ConversationError for turns by unknown parties and for impossible times
 */
export function findObjections(conversation: Conversation): Objections {
  const reading = readCall(conversation)
  return { engine: ENGINE, version: VERSION, objections: objectionsIn(reading), warnings: [...reading.warnings] }
}

function objectionsIn(reading: Reading): Objection[] {
  const floors = floorsOf(reading)
  const punctuated = isPunctuated(reading)
  const found = new Map(floors.filter((floor) => floor.side === 'prospect').map((floor) => [floor, inFloor(floor)]))
  const objecting = new Set([...found].filter(([, list]) => list.length > 0).map(([floor]) => floor))
  return floors.flatMap((floor, position) =>
    (found.get(floor) ?? []).map(({ rule, match, sentence, turn }): Objection => {
      const first = sentence.words[match.from]?.start ?? sentence.start
      const last = sentence.words[match.to - 1]?.end ?? sentence.end
      return {
        kind: rule.kind,
        quote: passageOf(turn, sentence),
        matched: turn.text.slice(first, last),
        rule: match.pattern,
        atSeconds: reading.timing === 'none' ? null : turn.start,
        response: judgeResponse(repliesAfter(floors, position, objecting), rule.topic, punctuated),
      }
    }),
  )
}
