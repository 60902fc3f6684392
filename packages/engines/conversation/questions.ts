import { z } from 'zod'
import { Benchmark, Passage, type Side } from './conversation.ts'
import { compilePhrases, findPhrase, type Phrases } from './phrases.ts'
import { passageOf, type Reading, type ReadTurn } from './reading.ts'
import { round } from './talk-time.ts'
import type { Sentence, Word } from './words.ts'

const QuestionKind = z
  .enum(['open', 'closed'])
  .describe(
    'open: asks for an account (what, how, why, "tell me"); closed: yes or no, or one fact (when, who, how many)',
  )

export const Question = Passage.extend({ kind: QuestionKind })
export type Question = z.infer<typeof Question>

const OfSide = z.object({
  count: z.number().int(),
  open: z.number().int(),
  closed: z.number().int(),
  perHour: z.number().nullable().describe('Questions per hour of call; null when the length of the call is unknown'),
  asked: z.array(Question),
})

export const Questions = z.object({ unit: z.literal('count'), rep: OfSide, prospect: OfSide, benchmark: Benchmark })

const QUESTION_BENCHMARK: Benchmark = {
  low: 11,
  high: 14,
  meaning:
    'A vendor that recorded over a million sales meetings advises 11 to 14 targeted questions in a discovery call, and saw less success with more.',
  source:
    'Gong, "Navigating sales conversations: from first call to closed deal", https://www.slideshare.net/slideshow/navigating-sales-conversations-from-first-call-to-closed-deal/105791822',
}

/** "Okay?", "right?", "does that make sense?" ask for attention, not for information. */
const TAGS = new Set(
  'right ok okay yeah yes no really huh hm hmm sorry pardon alright you know is it are they do you and so hello'.split(
    ' ',
  ),
)
const CHECK_INS = compilePhrases([
  'does that make sense',
  'make sense',
  'sound good',
  'sounds good',
  'fair enough',
  'can you hear me',
  'are you there',
  'still there',
])
const INVITATIONS = compilePhrases([
  'tell me * about',
  'tell me more',
  'tell me how',
  'tell me what',
  'walk me through',
  'talk me through',
  'take me through',
  'help me understand',
  'describe how|what|your|the',
  'give me an example',
])
/** Words that stand before the question proper: "So, just out of curiosity, how ...". */
const LEAD_INS = new Set(
  'so and but okay ok well now then right great alright just also oh sure thanks um uh er um, got it'.split(' '),
)
const OPEN_STARTS = new Set(['what', 'how', 'why'])
const FACT_AFTER_HOW = new Set(['many', 'much', 'long', 'often', 'old', 'big', 'large', 'soon', 'far', 'late', 'early'])
const FACT_AFTER_WHAT = new Set([
  'time',
  'day',
  'date',
  'percentage',
  'percent',
  'number',
  'year',
  'month',
  'name',
  'address',
  'kind',
  'size',
])
const INVERTED = new Set(
  'do does did is are was were can could would will shall should have has had may might'.split(' '),
)
const SUBJECTS = new Set('you we i they he she it that this there your the anyone anybody'.split(' '))

/** Index of the first word that is not a lead-in ("so", "um", "you know"). */
function afterLeadIns(words: readonly Word[], from = 0): number {
  let at = from
  while (at < words.length - 1) {
    const pair = `${words[at]?.word} ${words[at + 1]?.word}`
    if ((pair === 'you know' || pair === 'i mean') && at + 2 < words.length) at += 2
    else if (LEAD_INS.has(words[at]?.word ?? '')) at += 1
    else break
  }
  return at
}

/** The word that opens the question, perhaps in a later clause: "If you could change one thing, what would it be?" */
function opening(words: readonly Word[], text: string): number {
  const asks = (at: number): boolean => OPEN_STARTS.has(words[at]?.word ?? '') || INVERTED.has(words[at]?.word ?? '')
  const first = afterLeadIns(words)
  if (asks(first)) return first
  for (let index = words.length - 1; index > first; index -= 1) {
    const startsClause = /[,;:–—-]\s*$/.test(text.slice(words[index - 1]?.end ?? 0, words[index]?.start ?? 0))
    const at = startsClause ? afterLeadIns(words, index) : -1
    if (at >= 0 && asks(at)) return at
  }
  return first
}

function kindOf(sentence: Sentence, text: string): z.infer<typeof QuestionKind> {
  const { words } = sentence
  if (findPhrase(INVITATIONS, words)) return 'open'
  const at = opening(words, text)
  const first = words[at]?.word ?? ''
  const second = words[at + 1]?.word ?? ''
  if (!OPEN_STARTS.has(first)) return 'closed'
  if (second === 'about' || (first === 'how' && FACT_AFTER_HOW.has(second))) return 'closed'
  return first === 'what' && FACT_AFTER_WHAT.has(second) ? 'closed' : 'open'
}

const isCheckIn = (sentence: Sentence): boolean =>
  sentence.words.every((word) => TAGS.has(word.word)) ||
  (sentence.words.length <= 7 && findPhrase(CHECK_INS, sentence.words) !== null)

/** Speech recognition without punctuation: word order is all there is to go by. */
function isInverted(words: readonly Word[]): boolean {
  const at = afterLeadIns(words)
  const first = words[at]?.word ?? ''
  const second = words[at + 1]?.word ?? ''
  if (INVERTED.has(first)) return SUBJECTS.has(second)
  return (
    (OPEN_STARTS.has(first) || ['when', 'where', 'who', 'which'].includes(first)) &&
    (INVERTED.has(second) || INVERTED.has(words[at + 2]?.word ?? ''))
  )
}

/** The questions in one turn: sentences with a question mark, and invitations such as "Walk me through ...". */
export function questionsIn(turn: ReadTurn, punctuated: boolean): Question[] {
  const found: Question[] = []
  for (const sentence of turn.sentences) {
    const asks = punctuated ? sentence.isQuestion : isInverted(sentence.words)
    const invites = !asks && startsWith(INVITATIONS, sentence)
    if ((asks && !isCheckIn(sentence)) || invites)
      found.push({ ...passageOf(turn, sentence), kind: kindOf(sentence, turn.text) })
  }
  return found
}

/** An invitation opens its sentence, perhaps after "so" or "could you"; "then you tell me what is missing" is none. */
function startsWith(phrases: Phrases, sentence: Sentence): boolean {
  const match = findPhrase(phrases, sentence.words)
  if (!match) return false
  const before = sentence.words.slice(0, match.from).map((word) => word.word)
  const polite = before.some((word) => ['could', 'can', 'would', 'please', 'maybe'].includes(word))
  return before.every(
    (word) => LEAD_INS.has(word) || (polite && ['could', 'can', 'would', 'you', 'please', 'maybe'].includes(word)),
  )
}

/** True when the transcript has any question mark; only then can its absence be trusted. */
export const isPunctuated = (reading: Reading): boolean =>
  reading.turns.some((turn) => turn.sentences.some((sentence) => sentence.isQuestion))

export function questions(reading: Reading, warnings: string[]): z.infer<typeof Questions> {
  const punctuated = isPunctuated(reading)
  if (!punctuated && reading.turns.length > 5)
    warnings.push('The transcript has no question marks: questions are found by word order, which misses some.')
  const of = (side: Side): z.infer<typeof OfSide> => {
    const asked = reading.turns.filter((turn) => turn.side === side).flatMap((turn) => questionsIn(turn, punctuated))
    const open = asked.filter((question) => question.kind === 'open').length
    return {
      count: asked.length,
      open,
      closed: asked.length - open,
      perHour: reading.seconds === null ? null : round(asked.length / (reading.seconds / 3600), 1),
      asked,
    }
  }
  return { unit: 'count', rep: of('rep'), prospect: of('prospect'), benchmark: QUESTION_BENCHMARK }
}
