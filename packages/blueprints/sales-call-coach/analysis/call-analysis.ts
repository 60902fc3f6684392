import { CallMetrics, CallScore, Moment, Objection, QuotePlace } from '@guildhall/engines/conversation'
import { z } from 'zod'

/** A remark of a model with the words of the call that it rests on, which were found there. */
const EvidencedPoint = z.object({
  text: z.string(),
  quote: z.string(),
  place: QuotePlace,
  suggestion: z.string().nullable(),
})

/** What a model adds in words. Every quote in it has been found in the transcript. */
export const LanguageAnalysis = z.object({
  summary: z.string(),
  strengths: z.array(EvidencedPoint),
  improvements: z.array(EvidencedPoint),
  nextSteps: z.array(z.string()),
  provider: z.string(),
  model: z.string(),
  /** Quotes of the model that are not in the transcript; their remarks were dropped. */
  droppedQuotes: z.int(),
})
export type LanguageAnalysis = z.output<typeof LanguageAnalysis>

/** Everything known about one call. The computed part is always there. */
export const CallAnalysis = z.object({
  metrics: CallMetrics,
  objections: z.array(Objection),
  score: CallScore,
  moments: z.array(Moment),
  language: LanguageAnalysis.nullable(),
  /** One sentence per finding, made from the computed part alone. */
  computedSummary: z.array(z.string()),
})
export type CallAnalysis = z.output<typeof CallAnalysis>
