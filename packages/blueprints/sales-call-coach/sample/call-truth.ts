import type { Handling, NextStepStatus, ObjectionKind } from '@guildhall/engines/conversation'
import type { Difficulty, Skill } from './call-script.ts'
import type { Scenario } from './dialogue/scenarios.ts'

export type CallRequest = {
  /** Whole number; the same request always gives the same call. */
  seed: number
  scenario: Scenario
  /** How hard the prospect makes it: more objections, a looser next step, more cutting in. */
  difficulty: Difficulty
  /** How well the rep does; drawn from the seed when left out. */
  skill?: Skill
  /** Who sells what; Beacon Sales with its booking and payroll software "Beacon" when left out. */
  client?: { company: string; product: string }
  /** Name of the firm that is called, one of `BUSINESSES`; drawn from the seed when left out. */
  business?: string
  /** Who picks up there; drawn from the seed when left out. */
  prospect?: string
  /** Name of the rep; drawn from the seed when left out. */
  rep?: string
  /** Beginning of the call, RFC 3339; left out of the transcript when not given. */
  startedAt?: string
}

/** What is true of a generated call, known from how it was made and not from measuring it. */
export type CallTruth = {
  scenario: Scenario
  difficulty: Difficulty
  skill: Skill
  callSeconds: number
  repSeconds: number
  prospectSeconds: number
  /** Longest stretch of the rep without the prospect taking over, seconds spoken. */
  longestRepMonologueSeconds: number
  switches: number
  interruptions: { turn: number; by: 'rep' | 'prospect' }[]
  questions: Record<'rep' | 'prospect', { open: number; closed: number }>
  fillers: Record<'rep' | 'prospect', number>
  medianPatienceSeconds: number | null
  objections: { kind: ObjectionKind; turn: number; handling: Handling }[]
  nextStep: NextStepStatus
}
