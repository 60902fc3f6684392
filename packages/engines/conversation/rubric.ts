import { z } from 'zod'
import { NextStepStatus } from './next-step.ts'
import { phraseFault } from './phrases.ts'

const Points = z.number().min(-4).max(4).describe('Points the signal gives when it is met')
const common = {
  id: z.string().min(1).max(80).describe('Identifier within the criterion'),
  says: z.string().min(1).max(300).describe('What the signal shows, as it stands in the reason'),
  points: Points,
}

/** The measures that a rubric may ask for; shares are 0 to 1. */
export const RubricMetric = z.enum([
  'talkRatio.rep',
  'longestMonologue.rep.seconds',
  'longestMonologue.rep.words',
  'interactivity.perMinute',
  'interruptions.byRep',
  'interruptions.byRepPerHour',
  'questions.rep.count',
  'questions.rep.open',
  'questions.rep.openShare',
  'questions.rep.perHour',
  'fillers.rep.per100Words',
  'patience.medianSeconds',
  'silence.share',
  'wordsPerMinute.rep',
  'objections.count',
  'objections.acknowledgedShare',
  'objections.exploredShare',
  'objections.evidenceShare',
  'objections.avoidedShare',
])
export type RubricMetric = z.infer<typeof RubricMetric>

const PhrasePattern = z
  .string()
  .max(200)
  .refine((text) => phraseFault(text) === null, {
    error: 'Write words, "a|b" for alternatives, "word?" and "*" for up to three words',
  })

export const Signal = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('phrase'),
    ...common,
    speaker: z.enum(['rep', 'prospect']),
    phrases: z
      .array(PhrasePattern)
      .min(1)
      .max(200)
      .describe('Patterns over words, contractions written out: "let me * summarise|recap"'),
    from: z.number().min(0).max(1).default(0).describe('Begin of the part of the call that counts, share of its turns'),
    to: z.number().min(0).max(1).default(1).describe('End of the part of the call that counts, share of its turns'),
    atLeast: z.number().int().min(1).max(1000).default(1).describe('In how many sentences'),
  }),
  z.object({
    type: z.literal('metric'),
    ...common,
    metric: RubricMetric,
    min: z.number().optional().describe('Met from this value on'),
    max: z.number().optional().describe('Met up to this value'),
  }),
  z.object({ type: z.literal('next-step'), ...common, status: z.array(NextStepStatus).min(1) }),
])
export type Signal = z.infer<typeof Signal>

export const Criterion = z.object({
  id: z.string().min(1).max(80),
  title: z.string().min(1).max(200),
  description: z.string().max(2000).default(''),
  weight: z.number().min(0).max(1000).describe('Share in the total, relative to the other weights'),
  levels: z.array(z.string().max(300)).length(5).describe('What levels 0, 1, 2, 3 and 4 mean'),
  fullPoints: z.number().positive().max(40).default(4).describe('Points that give level 4'),
  onlyWithObjections: z.boolean().default(false).describe('Leave the criterion out when no objection was raised'),
  signals: z.array(Signal).min(1).max(50),
})
export type Criterion = z.infer<typeof Criterion>

/** How calls are judged: data, so that a team can have its own. */
export const Rubric = z
  .object({
    id: z.string().min(1).max(80),
    title: z.string().min(1).max(200),
    criteria: z.array(Criterion).min(1).max(30),
  })
  .refine((rubric) => new Set(rubric.criteria.map((criterion) => criterion.id)).size === rubric.criteria.length, {
    error: 'Each criterion needs its own id',
    path: ['criteria'],
  })
  .refine((rubric) => rubric.criteria.some((criterion) => criterion.weight > 0), {
    error: 'At least one criterion needs a weight above 0',
    path: ['criteria'],
  })
  .describe('Rubric for scoring a call')
export type Rubric = z.infer<typeof Rubric>
/** A rubric as it is written, with defaults left out. */
export type RubricInput = z.input<typeof Rubric>
