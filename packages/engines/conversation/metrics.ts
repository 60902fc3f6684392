import { z } from 'zod'
import { ENGINE, Provenance, Side, VERSION, type Conversation } from './conversation.ts'
import { fillers, Fillers } from './fillers.ts'
import { floorsOf } from './floors.ts'
import { nextStep, NextStep } from './next-step.ts'
import { phraseFault } from './phrases.ts'
import { questions, Questions } from './questions.ts'
import { readCall, type Reading } from './reading.ts'
import {
  longestMonologue,
  LongestMonologue,
  speakingSeconds,
  spokenWords,
  talkRatio,
  TalkRatio,
  wordsPerMinute,
  WordsPerMinute,
} from './talk-time.ts'
import {
  interactivity,
  Interactivity,
  interruptions,
  Interruptions,
  patience,
  Patience,
  silence,
  Silence,
} from './turn-taking.ts'

const Phrase = z
  .string()
  .max(200)
  .refine((text) => phraseFault(text) === null, {
    error: 'Write words, "a|b" for alternatives, "word?" and "*" for up to three words',
  })

export const MetricsOptions = z.object({
  interruptionSeconds: z
    .number()
    .min(0)
    .max(10)
    .default(0.5)
    .describe('Overlaps longer than this are interruptions, seconds'),
  language: z.string().max(35).default('en').describe('Language of the filler words, BCP 47 subtag'),
  fillerWords: z
    .object({ sounds: z.array(Phrase).max(200), markers: z.array(Phrase).max(200) })
    .optional()
    .describe('Own filler words in place of the built-in list'),
})
export type MetricsOptions = z.input<typeof MetricsOptions>

/** All measures of one call. A value is null where the transcript cannot tell; `warnings` says why. */
export const CallMetrics = Provenance.extend({
  seconds: z.number().nullable().describe('Length of the call, seconds'),
  turns: z.number().int(),
  words: z.object({ rep: z.number().int(), prospect: z.number().int(), other: z.number().int() }),
  sides: z.record(z.string(), Side).describe('Side of each party, by party id'),
  sidesAssumed: z.boolean().describe('True when no roles were given and the sides were guessed'),
  talkRatio: TalkRatio,
  longestMonologue: LongestMonologue,
  interactivity: Interactivity,
  interruptions: Interruptions,
  questions: Questions,
  fillers: Fillers,
  patience: Patience,
  wordsPerMinute: WordsPerMinute,
  silence: Silence,
  nextStep: NextStep,
}).describe('Conversation metrics, computed from the transcript')
export type CallMetrics = z.infer<typeof CallMetrics>

/**
 * Computes the metrics of a call. Same input, same output; the names and ids of parties make no difference.
 * @throws ConversationError for turns by unknown parties and for impossible times
 */
export function computeMetrics(conversation: Conversation, options: MetricsOptions = {}): CallMetrics {
  return metricsOf(readCall(conversation), options)
}

export function metricsOf(reading: Reading, options: MetricsOptions): CallMetrics {
  const { interruptionSeconds, language, fillerWords } = MetricsOptions.parse(options)
  const floors = floorsOf(reading)
  const seconds = speakingSeconds(reading)
  const words = spokenWords(reading)
  const warnings = [...reading.warnings]
  return {
    engine: ENGINE,
    version: VERSION,
    seconds: reading.seconds,
    turns: reading.turns.length,
    words,
    sides: Object.fromEntries(reading.sides),
    sidesAssumed: reading.sidesAssumed,
    talkRatio: talkRatio(reading, seconds, words),
    longestMonologue: longestMonologue(reading, floors),
    interactivity: interactivity(reading, floors),
    interruptions: interruptions(reading, interruptionSeconds),
    questions: questions(reading, warnings),
    fillers: fillers(reading, words, { language, list: fillerWords }, warnings),
    patience: patience(reading, floors),
    wordsPerMinute: wordsPerMinute(reading, seconds, words),
    silence: silence(reading),
    nextStep: nextStep(reading, floors),
    warnings,
  }
}
