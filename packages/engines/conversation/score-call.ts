import { z } from 'zod'
import { ConversationError, ENGINE, Passage, Provenance, VERSION, type Conversation } from './conversation.ts'
import { DEFAULT_RUBRIC } from './default-rubric.ts'
import type { CallMetrics } from './metrics.ts'
import type { Objections } from './objections.ts'
import { compilePhrases, findPhrase } from './phrases.ts'
import { passageOf, readCall, type Reading } from './reading.ts'
import { Rubric, type Criterion, type RubricInput, type RubricMetric, type Signal } from './rubric.ts'
import { round } from './talk-time.ts'

const SignalResult = z.object({
  id: z.string(),
  says: z.string(),
  met: z.boolean().nullable().describe('null when the transcript cannot tell, such as interruptions without times'),
  points: z.number().describe('Points given'),
  value: z.number().nullable().describe('The measured value, for signals that measure'),
})

export const CriterionScore = z.object({
  id: z.string(),
  title: z.string(),
  weight: z.number(),
  level: z
    .number()
    .int()
    .min(0)
    .max(4)
    .nullable()
    .describe('0 to 4; null when the criterion does not apply to this call'),
  meaning: z.string().describe("The rubric's words for that level"),
  reason: z.string().describe('What counted for it and what is missing'),
  signals: z.array(SignalResult),
  evidence: z.array(Passage.extend({ shows: z.string().describe('Id of the signal') })),
})
export type CriterionScore = z.infer<typeof CriterionScore>

export const CallScore = Provenance.extend({
  rubric: z.string().describe('Id of the rubric'),
  total: z
    .number()
    .min(0)
    .max(100)
    .nullable()
    .describe('Weighted levels of the criteria that apply, 0 to 100; null when none does'),
  criteria: z.array(CriterionScore),
}).describe('Score of a call by a rubric, with evidence')
export type CallScore = z.infer<typeof CallScore>

const MAX_EVIDENCE = 5

type Facts = { reading: Reading; metrics: CallMetrics; objections: Objections['objections'] }
type Judged = { met: boolean | null; value: number | null; evidence: Passage[] }

/**
 * Scores a call. Level of a criterion = 4 × points ÷ full points, rounded, between 0 and 4; signals the transcript cannot tell are
 * taken out of the full points. Total = weighted mean of the levels as a percentage.
 * `metrics` and `objections` must come from the same conversation. Deterministic.
 * @throws ConversationError for an invalid rubric or conversation
 */
export function scoreCall(
  conversation: Conversation,
  metrics: CallMetrics,
  objections: Objections,
  rubric: RubricInput = DEFAULT_RUBRIC,
): CallScore {
  return scoreOf(readCall(conversation), metrics, objections, rubric)
}

export function scoreOf(
  reading: Reading,
  metrics: CallMetrics,
  objections: Objections,
  rubric: RubricInput = DEFAULT_RUBRIC,
): CallScore {
  const checked = Rubric.safeParse(rubric)
  if (!checked.success) {
    const issue = checked.error.issues[0]
    const field = ['rubric', ...(issue?.path.map(String) ?? [])].join('.')
    throw new ConversationError(field, `${issue?.message ?? 'Invalid'}.`, 'Correct the rubric.')
  }
  const facts = { reading, metrics, objections: objections.objections }
  const criteria = checked.data.criteria.map((criterion) => scoreCriterion(criterion, facts))
  const applying = criteria.filter((criterion) => criterion.level !== null)
  const weight = applying.reduce((sum, criterion) => sum + criterion.weight, 0)
  const earned = applying.reduce((sum, criterion) => sum + criterion.weight * ((criterion.level ?? 0) / 4), 0)
  return {
    engine: ENGINE,
    version: VERSION,
    rubric: checked.data.id,
    total: weight > 0 ? round((100 * earned) / weight, 1) : null,
    criteria,
    warnings: [...reading.warnings],
  }
}

function scoreCriterion(criterion: Criterion, facts: Facts): CriterionScore {
  const { id, title, weight } = criterion
  const absent = (reason: string): CriterionScore => ({
    id,
    title,
    weight,
    level: null,
    meaning: 'Does not apply',
    reason,
    signals: [],
    evidence: [],
  })
  if (criterion.onlyWithObjections && facts.objections.length === 0) return absent('No objection was raised.')
  const judged = criterion.signals.map((signal) => ({ signal, ...judge(signal, facts) }))
  const untold = judged.filter((one) => one.met === null)
  const full = criterion.fullPoints - untold.reduce((sum, one) => sum + Math.max(0, one.signal.points), 0)
  if (untold.length === judged.length || full <= 0) return absent('The transcript does not tell.')
  const points = judged.reduce((sum, one) => sum + (one.met === true ? one.signal.points : 0), 0)
  const level = Math.min(4, Math.max(0, Math.round((4 * points) / full)))
  return {
    id,
    title,
    weight,
    level,
    meaning: criterion.levels[level] ?? '',
    reason: reasonOf(judged, points, full),
    signals: judged.map(({ signal, met, value }) => ({
      id: signal.id,
      says: signal.says,
      met,
      points: met === true ? signal.points : 0,
      value,
    })),
    evidence: judged.flatMap(({ signal, evidence }) =>
      evidence.slice(0, MAX_EVIDENCE).map((passage) => ({ ...passage, shows: signal.id })),
    ),
  }
}

function reasonOf(judged: readonly (Judged & { signal: Signal })[], points: number, full: number): string {
  const list = (met: boolean | null): string =>
    judged
      .filter((one) => one.met === met)
      .map(({ signal, value }) => (value === null ? signal.says : `${signal.says} (${round(value, 2)})`))
      .join('; ')
  const parts = [`${round(points, 2)} of ${round(full, 2)} points.`]
  if (list(true)) parts.push(`Shown: ${list(true)}.`)
  if (list(false)) parts.push(`Not shown: ${list(false)}.`)
  if (list(null)) parts.push(`Cannot be told from this transcript: ${list(null)}.`)
  return parts.join(' ')
}

function judge(signal: Signal, facts: Facts): Judged {
  if (signal.type === 'phrase') return judgePhrase(signal, facts.reading)
  if (signal.type === 'next-step') {
    const { status, best } = facts.metrics.nextStep
    const met = signal.status.includes(status)
    return { met, value: null, evidence: met && best ? [best.evidence] : [] }
  }
  const value = readMetric(signal.metric, facts)
  if (value === null) return { met: null, value, evidence: [] }
  const met = value >= (signal.min ?? -Infinity) && value <= (signal.max ?? Infinity)
  return { met, value, evidence: evidenceOf(signal.metric, facts) }
}

function judgePhrase(signal: Extract<Signal, { type: 'phrase' }>, { turns }: Reading): Judged {
  const phrases = compilePhrases(signal.phrases)
  const first = Math.floor(signal.from * turns.length)
  // At least the opening exchange of a short call counts.
  const last = Math.max(Math.ceil(signal.to * turns.length), Math.min(turns.length, 4))
  const evidence = turns
    .slice(first, last)
    .filter((turn) => turn.side === signal.speaker)
    .flatMap((turn) =>
      turn.sentences
        .filter((sentence) => findPhrase(phrases, sentence.words) !== null)
        .map((sentence) => passageOf(turn, sentence)),
    )
  return { met: evidence.length >= signal.atLeast, value: null, evidence }
}

type Objection = Objections['objections'][number]

const shareOf = (objections: readonly Objection[], holds: (objection: Objection) => boolean): number | null =>
  objections.length === 0 ? null : objections.filter(holds).length / objections.length

const hasStep =
  (step: string) =>
  (objection: Objection): boolean =>
    objection.response.steps.some((one) => one.step === step)
const isAvoided = ({ response }: Objection): boolean =>
  response.handling === 'ignored' || response.handling === 'deflected'

function readMetric(metric: RubricMetric, { metrics, objections }: Facts): number | null {
  const { rep } = metrics.questions
  const read: Record<RubricMetric, () => number | null> = {
    'talkRatio.rep': () => metrics.talkRatio.rep,
    'longestMonologue.rep.seconds': () => metrics.longestMonologue.rep?.seconds ?? null,
    'longestMonologue.rep.words': () => metrics.longestMonologue.rep?.words ?? null,
    'interactivity.perMinute': () => metrics.interactivity.perMinute,
    'interruptions.byRep': () => metrics.interruptions?.byRep ?? null,
    'interruptions.byRepPerHour': () => metrics.interruptions?.byRepPerHour ?? null,
    'questions.rep.count': () => rep.count,
    'questions.rep.open': () => rep.open,
    'questions.rep.openShare': () => (rep.count > 0 ? rep.open / rep.count : null),
    'questions.rep.perHour': () => rep.perHour,
    'fillers.rep.per100Words': () => metrics.fillers.rep.per100Words,
    'patience.medianSeconds': () => metrics.patience.medianSeconds,
    'silence.share': () => metrics.silence?.share ?? null,
    'wordsPerMinute.rep': () => metrics.wordsPerMinute.rep,
    'objections.count': () => objections.length,
    'objections.acknowledgedShare': () => shareOf(objections, hasStep('acknowledged')),
    'objections.exploredShare': () => shareOf(objections, hasStep('questioned')),
    'objections.evidenceShare': () => shareOf(objections, hasStep('evidence')),
    'objections.avoidedShare': () => shareOf(objections, isAvoided),
  }
  return read[metric]()
}

/** Passages behind a measure, where it has any. */
function evidenceOf(metric: RubricMetric, { metrics, objections }: Facts): Passage[] {
  if (metric === 'questions.rep.open' || metric === 'questions.rep.openShare')
    return metrics.questions.rep.asked.filter((question) => question.kind === 'open').map(plainPassage)
  if (metric.startsWith('questions.')) return metrics.questions.rep.asked.map(plainPassage)
  const step = (
    {
      'objections.acknowledgedShare': 'acknowledged',
      'objections.exploredShare': 'questioned',
      'objections.evidenceShare': 'evidence',
    } as Partial<Record<RubricMetric, string>>
  )[metric]
  if (step !== undefined)
    return objections.flatMap(({ response }) => response.steps.filter((one) => one.step === step).map(plainPassage))
  if (metric === 'objections.avoidedShare') return objections.filter(isAvoided).map(({ quote }) => plainPassage(quote))
  return []
}

const plainPassage = ({ turn, start, end, text }: Passage): Passage => ({ turn, start, end, text })
