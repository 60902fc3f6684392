import type { StoredRecord } from './blueprint-types'
import type { Answer } from './types'

/** The sales-call coach: calls, their analyses, role-plays. */

type AnalyzedCall = Answer<'/api/analyze-call', 'post'>
export type CallAnalysis = AnalyzedCall['analysis']
export type CallMetrics = CallAnalysis['metrics']
export type Objection = CallAnalysis['objections'][number]
export type Moment = CallAnalysis['moments'][number]
export type LanguageAnalysis = NonNullable<CallAnalysis['language']>
export type Side = CallMetrics['sides'][string]
export type Benchmark = CallMetrics['talkRatio']['benchmark']

export type Progress = Answer<'/api/coach/progress'>
export type RolePlay = Answer<'/api/roleplay', 'post'>
export type GeneratedImage = Answer<'/api/generate-image', 'post'>

export interface Party {
  id: string
  name?: string
  role?: Side
}

export interface Turn {
  party: string
  /** Seconds from the beginning of the call; null when the transcript has no times. */
  start: number | null
  end: number | null
  text: string
}

/** Words in a turn: `text` is `turns[turn].text.slice(start, end)`. */
export interface Passage {
  turn: number
  start: number
  end: number
  text: string
}

export const outcomes = ['open', 'next-step', 'won', 'lost'] as const
export type Outcome = (typeof outcomes)[number]
export type NextStep = CallMetrics['nextStep']['status']

/** A record of the collection `calls`. */
export interface Call {
  title: string
  startedAt?: string
  durationSeconds?: number | null
  rep?: string
  clientId?: string
  outcome?: Outcome
  parties: Party[]
  dialog: Turn[]
  recordingFileId?: string
  warnings?: string[]
  analysisId?: string
  score?: number | null
  talkRatio?: number | null
  objections?: number
  objectionKinds?: string[]
  missedObjectionKinds?: string[]
  nextStep?: NextStep
}

/** A record of the collection `call-analyses`. */
export interface StoredAnalysis {
  title: string
  callId?: string
  analysedAt: string
  source?: AnalyzedCall['source']
  missing?: string | null
  model?: string | null
  runId?: string | null
  analysis: CallAnalysis
}

/** A record of the collection `role-plays`. */
export interface StoredRolePlay {
  title: string
  rep?: string
  status: RolePlay['status']
  difficulty: RolePlay['difficulty']
  startedAt: string
  score?: number | null
  persona: RolePlay['persona']
  turns: RolePlay['turns']
  result?: NonNullable<RolePlay['result']>
}

/** A record of the collection `training-materials`. */
export interface TrainingMaterial {
  title: string
  kind?: string
  description?: string
  fileId?: string
  sourceId?: string
}

export type Stored<T> = Omit<StoredRecord, 'data'> & { data: T }

/** A record whose collection is known: the server has checked its data against the schema of packages/blueprints/sales-call-coach/collections. */
export function described<T>(record: StoredRecord): Stored<T> {
  return record as unknown as Stored<T>
}
