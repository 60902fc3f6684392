import { z } from 'zod'
import { Passage, Side } from './conversation.ts'
import { floorsOf, type Floor } from './floors.ts'
import { compilePhrases, compileTagged, findPhrase, findTagged, type TaggedMatch } from './phrases.ts'
import { passageOf, type Reading, type ReadTurn } from './reading.ts'
import { findTimes, type TimeExpression } from './time-expressions.ts'
import type { Sentence } from './words.ts'

export const Commitment = z.object({
  evidence: Passage,
  owner: z.enum(['rep', 'prospect', 'both']).describe('Who has to act'),
  when: Passage.extend({ precision: z.enum(['time', 'day', 'week', 'month']) })
    .nullable()
    .describe('The date or time that goes with it, as it was said'),
  agreed: z.boolean().describe('The other side said yes to it'),
})
export type Commitment = z.infer<typeof Commitment>

export const NextStepStatus = z
  .enum(['agreed', 'dated', 'undated', 'none'])
  .describe(
    'agreed: with a date and a yes from the other side; dated: with a date; undated: something was promised; none: nothing',
  )
export type NextStepStatus = z.infer<typeof NextStepStatus>

export const NextStep = z.object({
  unit: z.literal('status'),
  status: NextStepStatus,
  best: Commitment.nullable().describe('The firmest commitment; among equals the last'),
  commitments: z.array(Commitment),
})
export type NextStep = z.infer<typeof NextStep>

const ACT =
  'send|email|mail|text|call|ring|phone|book|schedule|forward|draft|prepare|review|sign|confirm|introduce|invite|meet|discuss|arrange|pencil|share|write|speak|talk|check|drop|loop|set|put|get|follow|come|circle|start|resend|try|pass|dig|catch'
/** "I'll send", "we'll set up", "let me check": the speaker's side acts. */
const OWN = [
  `i|we will * ${ACT}`,
  `i|we am|are going to * ${ACT}`,
  `i|we can ${ACT}`,
  `let me ${ACT}`,
  `i|we promise to ${ACT}`,
]
/** "Let's meet", "how about Tuesday": both act. */
const JOINT = [
  'let us * meet|book|schedule|talk|speak|set|put|arrange|do|say|pencil|catch|have|go|start',
  'shall we * meet|book|schedule|talk|speak|set|say|pencil',
  'can|could we * meet|book|schedule|talk|speak|set|pencil|do',
  'how about',
  'what about',
  'how does|is * look|sound|suit|work',
  'does|would * work|suit',
  'see|talk|speak to? you * then|tomorrow|on|next|monday|tuesday|wednesday|thursday|friday',
]
/** "Can you send me", "please send": the other side acts. */
const ASKED = [
  `can|could|would|will you * ${ACT}`,
  'please send|email|forward|call|check|book|invite|share',
  'send|email|forward|drop|call|ring me|us|it|them|that|over',
]
/** "Tuesday at two works for me" accepts a time. */
const SUITS = [
  'works',
  'work for me|us',
  'suits',
  'suit me|us',
  'is fine|good|great|perfect|okay|ok',
  'sounds good|great|fine',
  'then it is',
]
/** A promise about the call itself is none: "I'll come to that", "let me share my screen". */
const ABOUT_THE_CALL = [
  'share my|the? screen',
  'start by|with|at|off',
  'come|get to|back that|this|it',
  'come|get back to that|this|it',
  'put it|that this? way|differently|simply|bluntly|like',
  'check i|we|that|if i|we|understood|have understood|got',
  'talk you through',
  'talk about that|it|this * minute|moment|second',
  'talk|speak|get|come * later|afterwards',
  'do my best',
  'do that|this * moment|minute|second|now',
  'have a|one? quick? question',
  'have to think|say|admit',
  'call it|that|them',
  'try to be|keep|explain',
  'get out of your',
  'check|look something|that now',
]
const SPEECH = compileTagged({ own: OWN, joint: JOINT, asked: ASKED, suits: SUITS, about: ABOUT_THE_CALL })

const YES = compilePhrases([
  'yes',
  'yeah',
  'yep',
  'sure',
  'ok',
  'okay',
  'perfect',
  'great',
  'lovely',
  'deal',
  'absolutely',
  'agreed',
  'works',
  'sounds good|great|fine|right|like',
  'that is fine|good|great|perfect',
  'fine',
  'brilliant',
  'done',
  'see|talk|speak to? you then',
  'i will be there',
  'thank you',
  'thanks',
  'please do',
  'happy to|with',
])
const NO = compilePhrases(['no', 'not', 'but', 'maybe', 'unfortunately', 'sorry'])

/** Without a date only what is said in this last share of the call counts as a next step; before it, it is mostly talk about the call. */
const CLOSING_SHARE = 0.6

type Draft = Commitment & { turn: ReadTurn; sentence: Sentence }

/** "Then send me the file", but not "you send us the file". */
const isImperative = ({ words }: Sentence, from: number): boolean =>
  from <= 3 &&
  !words.slice(0, from).some(({ word }) => ['i', 'you', 'we', 'they', 'he', 'she', 'to', 'who', 'that'].includes(word))

type Kind = 'own' | 'joint' | 'asked'

const holds = (tags: readonly TaggedMatch[], tag: string): boolean => tags.some((match) => match.tag === tag)

function kindOf(sentence: Sentence, tags: readonly TaggedMatch[], hasTime: boolean): Kind | null {
  const { words } = sentence
  if (tags.length === 0 || holds(tags, 'about')) return null
  if (holds(tags, 'joint')) {
    // "How about that!" and "does it work?" become proposals only with a time.
    const firm = words.some((word, index) => word.word === 'us' && words[index - 1]?.word === 'let')
    if (firm || hasTime) return 'joint'
  }
  if (holds(tags, 'own') && !sentence.isQuestion) return 'own'
  const asked = tags.find((match) => match.tag === 'asked')
  if (asked && (sentence.isQuestion || isImperative(sentence, asked.from))) return 'asked'
  return hasTime && !sentence.isQuestion && words.length <= 14 && holds(tags, 'suits') ? 'joint' : null
}

/** "How about Thursday?" asks for a date, not about the buyer. */
export const isProposal = ({ words }: Sentence): boolean =>
  holds(findTagged(SPEECH, words), 'joint') && findTimes(words).length > 0

/** A time and "works", "suits", "is fine": the time is accepted. */
const accepts = ({ words }: Sentence): boolean =>
  holds(findTagged(SPEECH, words), 'suits') && findTimes(words).length > 0

const other = (side: Side): 'rep' | 'prospect' | 'both' =>
  side === 'rep' ? 'prospect' : side === 'prospect' ? 'rep' : 'both'

/** The time in the sentence that follows a promise: "I'll send the proposal. You'll have it on Friday." */
function timeAfter(sentence: Sentence | undefined): TimeExpression | undefined {
  if (!sentence) return undefined
  const times = findTimes(sentence.words)
  return kindOf(sentence, findTagged(SPEECH, sentence.words), times.length > 0) === null ? times[0] : undefined
}

function draftsIn(turn: ReadTurn, late: boolean): Draft[] {
  const drafts: Draft[] = []
  for (const [index, sentence] of turn.sentences.entries()) {
    const tags = findTagged(SPEECH, sentence.words)
    if (tags.length === 0) continue
    const own = findTimes(sentence.words)
    const kind = kindOf(sentence, tags, own.length > 0)
    if (kind === null) continue
    const time = own[0] ?? timeAfter(turn.sentences[index + 1]) ?? null
    if (time === null && !late) continue
    const owner =
      kind === 'joint' ? 'both' : kind === 'own' ? (turn.side === 'other' ? 'both' : turn.side) : other(turn.side)
    const when = time && { ...passageOf(turn, time), precision: time.precision }
    drafts.push({ turn, sentence, evidence: passageOf(turn, sentence), owner, when, agreed: false })
  }
  return drafts
}

/** The other side's words right after the turn: their first two sentences decide. */
function isAccepted(draft: Draft, turnsAfter: readonly ReadTurn[]): boolean {
  const reply = turnsAfter.find((turn) => turn.side !== draft.turn.side)
  const sentences = reply?.sentences.slice(0, 2) ?? []
  const first = sentences[0]
  if (!first || findPhrase(NO, first.words)) return false
  return sentences.some((sentence) => findPhrase(YES, sentence.words) !== null || accepts(sentence))
}

/** A time that answers the other side's proposal is agreed as soon as it is said. */
function answersProposal(draft: Draft, floors: readonly Floor[], floorOf: ReadonlyMap<ReadTurn, number>): boolean {
  if (draft.owner !== 'both' || draft.sentence.isQuestion || !accepts(draft.sentence)) return false
  const position = floorOf.get(draft.turn) ?? 0
  const before = floors[position - 1]
  const last = before?.turns.at(-1)
  return (
    before !== undefined &&
    before.side !== draft.turn.side &&
    (last?.sentences.slice(-2) ?? []).some(
      (s) => findTimes(s.words).length > 0 || holds(findTagged(SPEECH, s.words), 'joint'),
    )
  )
}

const strength = (commitment: Commitment): number => (commitment.when === null ? 0 : commitment.agreed ? 2 : 1)

/** Finds who promised what until when, and whether the other side agreed. English rules. */
export function nextStep(reading: Reading, floors: readonly Floor[] = floorsOf(reading)): NextStep {
  const from = Math.floor(reading.turns.length * CLOSING_SHARE)
  const drafts = reading.turns.flatMap((turn) => draftsIn(turn, turn.index >= from))
  const floorOf = new Map(floors.flatMap((floor, index) => floor.turns.map((turn) => [turn, index] as const)))
  const commitments = drafts.map((draft): Commitment => {
    const { evidence, owner, when } = draft
    const after = reading.turns.slice(draft.turn.index + 1, draft.turn.index + 4)
    return { evidence, owner, when, agreed: isAccepted(draft, after) || answersProposal(draft, floors, floorOf) }
  })
  const best = commitments.reduce<Commitment | null>(
    (top, one) => (top === null || strength(one) >= strength(top) ? one : top),
    null,
  )
  return { unit: 'status', status: statusOf(best), best, commitments }
}

function statusOf(best: Commitment | null): NextStepStatus {
  if (best === null) return 'none'
  if (best.when === null) return 'undated'
  return best.agreed ? 'agreed' : 'dated'
}
