import { ConversationError, type Conversation, type Passage, type Side } from './conversation.ts'
import { compilePhrases, findPhrase } from './phrases.ts'
import { countWords, sentencesOf, type Sentence } from './words.ts'

/** What is known of times: both ends of each turn, only starts (ends are estimated), or nothing usable. */
type Timing = 'full' | 'starts' | 'none'

export type ReadTurn = {
  index: number
  party: string
  side: Side
  /** Seconds; 0 when timing is none. */
  start: number
  /** Seconds; with timing "starts" the start of the next turn. */
  end: number
  text: string
  sentences: Sentence[]
  words: number
  /** Nothing but "yes", "right", "mm-hm" and the like. */
  isAcknowledgement: boolean
}

export type Reading = {
  turns: ReadTurn[]
  timing: Timing
  /** Length of the call in seconds; null when neither times nor a duration are known. */
  seconds: number | null
  sides: ReadonlyMap<string, Side>
  /** True when the sides were guessed. */
  sidesAssumed: boolean
  warnings: string[]
}

const ACKNOWLEDGEMENTS = new Set(
  'yes yeah yep yup ok okay all right sure mm hm mhm hmm uh huh aha ah oh i see got it true exactly absolutely indeed good great of course no nope fine cool alright'.split(
    ' ',
  ),
)
const SECONDS_PER_WORD = 0.4
const SELLING = compilePhrases([
  'calling from',
  'this is * from',
  'i am with',
  'reason for my call',
  'reason i am calling',
])

/** The words of a conversation made ready for all measures: sides, sentences, times. */
export function readCall(conversation: Conversation): Reading {
  const warnings: string[] = []
  checkParties(conversation)
  const timing = checkTimes(conversation, warnings)
  const plain = conversation.turns.map((turn) => sentencesOf(turn.text))
  const { sides, assumed } = assignSides(conversation, plain, warnings)
  const turns = conversation.turns.map((turn, index): ReadTurn => {
    const sentences = plain[index] ?? []
    const words = sentences.reduce((sum, sentence) => sum + countWords(sentence.words), 0)
    const start = timing === 'none' ? 0 : toMillisecond(turn.start ?? 0)
    const next = toMillisecond(conversation.turns[index + 1]?.start ?? null)
    const estimated = Math.max(
      start,
      next ?? Math.max(conversation.durationSeconds ?? 0, start + words * SECONDS_PER_WORD),
    )
    return {
      index,
      party: turn.party,
      side: sides.get(turn.party) ?? 'other',
      start,
      end: timing === 'full' ? toMillisecond(turn.end ?? start) : timing === 'starts' ? estimated : 0,
      text: turn.text,
      sentences,
      words,
      isAcknowledgement:
        words > 0 && words <= 3 && sentences.every((s) => s.words.every((w) => ACKNOWLEDGEMENTS.has(w.word))),
    }
  })
  return {
    turns,
    timing,
    seconds: lengthOf(conversation, turns, timing, warnings),
    sides,
    sidesAssumed: assumed,
    warnings,
  }
}

/** Nobody measures speech finer; tiny remainders would blow up rates. */
function toMillisecond<T extends number | null>(seconds: T): T extends number ? number : number | null
function toMillisecond(seconds: number | null): number | null {
  return seconds === null ? null : Math.round(seconds * 1000) / 1000
}

function checkParties({ parties, turns }: Conversation): void {
  if (turns.length === 0) throw new ConversationError('turns', 'The call has no turns.', 'Send at least one turn.')
  const ids = new Set<string>()
  for (const [index, party] of parties.entries()) {
    if (ids.has(party.id))
      throw new ConversationError(`parties.${index}.id`, `"${party.id}" is used twice.`, 'Give each party its own id.')
    ids.add(party.id)
  }
  for (const [index, turn] of turns.entries()) {
    if (!ids.has(turn.party))
      throw new ConversationError(
        `turns.${index}.party`,
        `"${turn.party}" is not among the parties.`,
        'List each speaker in parties.',
      )
  }
}

function checkTimes({ turns }: Conversation, warnings: string[]): Timing {
  let starts = 0
  let ends = 0
  for (const [index, { start, end }] of turns.entries()) {
    if ((start !== null && !(start >= 0 && start < Infinity)) || (end !== null && !(end >= 0 && end < Infinity)))
      throw new ConversationError(
        `turns.${index}`,
        'A time is negative or no number.',
        'Give seconds from the beginning of the call.',
      )
    if (start !== null && end !== null && end < start)
      throw new ConversationError(
        `turns.${index}.end`,
        `The turn ends (${end}) before it starts (${start}).`,
        'Swap the times.',
      )
    if (start !== null) starts += 1
    if (start !== null && end !== null) ends += 1
  }
  if (ends === turns.length) return 'full'
  if (starts === turns.length) {
    warnings.push(
      'Turns have no end times: talk time is estimated up to the start of the next turn; interruptions, patience and silence are not available.',
    )
    return 'starts'
  }
  warnings.push(
    starts === 0
      ? 'The transcript has no times: shares are counted in words; interruptions, patience, silence and rates per minute are not available.'
      : `${turns.length - starts} of ${turns.length} turns have no time: shares are counted in words; interruptions, patience, silence and rates per minute are not available.`,
  )
  return 'none'
}

function lengthOf(
  conversation: Conversation,
  turns: readonly ReadTurn[],
  timing: Timing,
  warnings: string[],
): number | null {
  const stated = toMillisecond(conversation.durationSeconds ?? null)
  const last = turns.reduce((latest, turn) => Math.max(latest, turn.end), 0)
  if (timing === 'none') return stated !== null && stated > 0 ? stated : null
  if (timing === 'full' && stated !== null && stated > 0 && last > stated + 1)
    warnings.push(`The last turn ends at ${last} s, after the stated length of ${stated} s; ${last} s is used.`)
  return Math.max(stated ?? 0, last) || null
}

function assignSides(
  { parties, turns }: Conversation,
  sentences: readonly (readonly Sentence[])[],
  warnings: string[],
): { sides: Map<string, Side>; assumed: boolean } {
  const sides = new Map<string, Side>()
  for (const party of parties) if (party.role) sides.set(party.id, party.role)
  const open = new Set(parties.filter((party) => !party.role).map((party) => party.id))
  const speaking = [...new Set(turns.map((turn) => turn.party))]
  const has = (side: Side): boolean => speaking.some((id) => sides.get(id) === side)
  const openSpeakers = speaking.filter((id) => open.has(id))
  if (openSpeakers.length > 0 && !has('rep') && !has('prospect') && speaking.length > 1) {
    const introduced = turns.findIndex(
      (turn, index) =>
        open.has(turn.party) && (sentences[index] ?? []).some((s) => findPhrase(SELLING, s.words) !== null),
    )
    const rep = turns[introduced]?.party ?? openSpeakers[0] ?? ''
    for (const id of openSpeakers) sides.set(id, id === rep ? 'rep' : 'prospect')
    const name = parties.find((party) => party.id === rep)?.name ?? rep
    warnings.push(
      `No party is marked as rep or prospect: "${name}" is taken for the rep because they ${introduced >= 0 ? 'introduce themselves as a caller' : 'speak first'}; set the roles to be sure.`,
    )
    return { sides, assumed: true }
  }
  if (speaking.length === 1 && openSpeakers.length === 1)
    warnings.push(
      'There is only one speaker: measures that compare the sides mean nothing until speakers are told apart.',
    )
  // With one side known the others are the opposite side.
  else if (openSpeakers.length > 0 && has('rep') !== has('prospect')) {
    const side = has('rep') ? 'prospect' : 'rep'
    for (const id of openSpeakers) sides.set(id, side)
  }
  return { sides, assumed: false }
}

/** A sentence as evidence. */
export const passageOf = (turn: ReadTurn, place: { start: number; end: number }): Passage => ({
  turn: turn.index,
  start: place.start,
  end: place.end,
  text: turn.text.slice(place.start, place.end),
})
