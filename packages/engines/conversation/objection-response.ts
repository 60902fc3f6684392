import { z } from 'zod'
import { Passage } from './conversation.ts'
import { compilePhrases, findPhrase } from './phrases.ts'
import { isProposal } from './next-step.ts'
import { questionsIn } from './questions.ts'
import { passageOf, type ReadTurn } from './reading.ts'
import type { Sentence } from './words.ts'

export const ResponseStep = Passage.extend({
  step: z.enum(['acknowledged', 'questioned', 'evidence', 'deflected']).describe('What the rep does in this sentence'),
})
export type ResponseStep = z.infer<typeof ResponseStep>

export const Handling = z
  .enum(['answered-with-evidence', 'questioned', 'acknowledged', 'deflected', 'ignored'])
  .describe(
    'The furthest the rep got: evidence given; else asked about it; else put off; else taken up in words; else ignored. All steps are listed beside it.',
  )
export type Handling = z.infer<typeof Handling>

export const ObjectionResponse = z.object({
  handling: Handling,
  steps: z.array(ResponseStep).describe('Quoted evidence for each step, in order'),
})
export type ObjectionResponse = z.infer<typeof ObjectionResponse>

const ACKNOWLEDGES = compilePhrases([
  'i|we completely|totally|really|do|fully? understand|hear|appreciate|get',
  'i can? see why|that|where|how',
  'makes * sense',
  'fair point|enough|question|concern|comment',
  'good|great point|question',
  'thank|thanks you? for * being|raising|saying|telling|sharing|honest|straight|upfront',
  'you are right',
  'that is a? very|really|completely|totally? fair|valid|reasonable|understandable|sensible|real|common',
  'i would feel|ask|say|think|wonder the? same',
  'not the first|only',
  'sorry to hear',
  'completely|totally|absolutely fair|get|understandable|understand',
  'that is a lot|frustrating|tough|hard',
  'of course',
  'no surprise',
  'understandable',
  'reasonable',
])
const EVIDENCE = compilePhrases([
  'for example|instance',
  'case study|studies',
  'one|some|many|most|several of our customers|clients|users',
  'customer|customers|client|clients of ours',
  'another|other customer|customers|client|clients',
  'customers like you',
  'on average',
  'pays|paid for itself',
  'money back',
  'iso 27001',
  'soc 2',
  'gdpr',
  'encrypted',
  'audited|certified|independent|independently',
  'put you in touch',
  'speak|talk to one|two|three of',
  'reference|references',
  'in writing',
  'our numbers|data|figures|records show|shows',
  'study|survey|report shows|found',
  'went|came down? from',
  'status page',
  'uptime',
])
const FIGURE_UNITS = new Set(
  'percent % hours hour minutes customers clients shops salons clinics practices firms businesses locations days no missed fewer less times weeks'.split(
    ' ',
  ),
)
const NUMBER_WORDS = new Set(
  'two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty sixty seventy eighty ninety hundred half third quarter'.split(
    ' ',
  ),
)
/** A figure is evidence when it tells what came out of it: "cut no-shows by 40 percent", not "it takes two weeks". */
const OUTCOMES = new Set(
  'saved saves save saving cut cuts reduced reduces dropped fell grew doubled halved went recovered fewer less faster average'.split(
    ' ',
  ),
)
const DEFLECTS = compilePhrases([
  'not|never worry about',
  'let us not',
  'park that|it|this',
  'talk|get|come|look about|to|back|at to? that|it|price|pricing|this * later|afterwards|end',
  'discuss|cover|handle that|it|this * later|afterwards',
  'anyway',
  'moving on',
  'trust me',
  'as i was saying',
  'forget about|the',
  'not really? an issue|a problem',
  'everyone|everybody says|thinks|worries that',
  'you will see',
  'will be fine',
  'leave that|it|this for|aside|to one',
  'put that|this aside|to one',
])

/** A question explores the objection when it stays with the subject, points back at it, or probes. */
const PROBES = compilePhrases([
  'that|this|it',
  'what makes|made you',
  'what would you need',
  'what would * take|help|change',
  'what else',
  'tell me more',
  'how so',
  'why is|do|would',
  'compared to|with',
  'what are|were you hoping|expecting|comparing',
  'what is behind',
  'what worries|concerns|bothers|happened|went',
  'is * or',
  'say more',
  'help me understand',
  'walk me through',
  'who else',
])
const explores = (sentence: Sentence, topic: ReadonlySet<string>): boolean =>
  sentence.words.some((word) => topic.has(word.word)) || findPhrase(PROBES, sentence.words) !== null

function isEvidence(sentence: Sentence): boolean {
  const { words } = sentence
  if (findPhrase(EVIDENCE, words)) return true
  const outcome = words.some((word) => OUTCOMES.has(word.word))
  return (
    outcome &&
    words.some((word, index) => {
      const number = /^\d/.test(word.word) || NUMBER_WORDS.has(word.word)
      return number && [1, 2].some((ahead) => FIGURE_UNITS.has(words[index + ahead]?.word ?? ''))
    })
  )
}

function stepsIn(
  turn: ReadTurn,
  topic: ReadonlySet<string>,
  punctuated: boolean,
): { steps: ResponseStep[]; onTopic: Sentence | null } {
  const steps: ResponseStep[] = []
  const asked = new Set(questionsIn(turn, punctuated).map((question) => question.start))
  let onTopic: Sentence | null = null
  for (const sentence of turn.sentences) {
    const passage = passageOf(turn, sentence)
    const isQuestion = asked.has(sentence.start)
    if (findPhrase(DEFLECTS, sentence.words)) steps.push({ ...passage, step: 'deflected' })
    else if (isQuestion) {
      // After "let us park that" a question leads away from the objection.
      const led = steps.some((one) => one.step === 'deflected') || isProposal(sentence)
      if (!led && explores(sentence, topic)) steps.push({ ...passage, step: 'questioned' })
    } else if (isEvidence(sentence)) steps.push({ ...passage, step: 'evidence' })
    else if (findPhrase(ACKNOWLEDGES, sentence.words)) steps.push({ ...passage, step: 'acknowledged' })
    else if (onTopic === null && sentence.words.some((word) => topic.has(word.word))) onTopic = sentence
  }
  return { steps, onTopic }
}

/**
 * How the rep met an objection: by the reply to it, and by the one after that when the first asked about it.
 * A reply that only takes up the subject ("It is 60 a month") counts as acknowledged, with that sentence as evidence.
 */
export function judgeResponse(
  replies: readonly (readonly ReadTurn[])[],
  topicWords: readonly string[],
  punctuated: boolean,
): ObjectionResponse {
  const topic = new Set(topicWords)
  const steps: ResponseStep[] = []
  for (const [round, reply] of replies.entries()) {
    const asked = steps.some((one) => one.step === 'questioned')
    if (round > 0 && !asked) break
    for (const turn of reply) {
      const found = stepsIn(turn, topic, punctuated)
      steps.push(...found.steps)
      if (found.steps.length === 0 && found.onTopic)
        steps.push({ ...passageOf(turn, found.onTopic), step: 'acknowledged' })
    }
  }
  const has = (step: ResponseStep['step']): boolean => steps.some((one) => one.step === step)
  const handling: Handling = has('evidence')
    ? 'answered-with-evidence'
    : has('questioned')
      ? 'questioned'
      : has('deflected')
        ? 'deflected'
        : has('acknowledged')
          ? 'acknowledged'
          : 'ignored'
  return { handling, steps }
}
