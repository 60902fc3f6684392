import type { Transcript } from '@guildhall/standards/transcript'
import { writeScript } from './call-script.ts'
import type { CallRequest, CallTruth } from './call-truth.ts'
import { createRandom } from './random.ts'
import { SCENARIOS, type Scenario } from './dialogue/scenarios.ts'
import { speakScript } from './speak-script.ts'

export type { Scenario } from './dialogue/scenarios.ts'
export type { Difficulty, Skill } from './call-script.ts'
export type { CallRequest, CallTruth } from './call-truth.ts'

export const SCENARIO_IDS = Object.keys(SCENARIOS).filter((id): id is Scenario => id in SCENARIOS)

/**
 * Writes a believable sales call with known truth: a pure function of its request. The words are this project's own and the
 * people and firms in it are invented.
 */
export function generateCall(request: CallRequest): { transcript: Transcript; truth: CallTruth } {
  const random = createRandom(
    request.seed * 2_654_435_761 + SCENARIO_IDS.indexOf(request.scenario) * 97 + request.difficulty.length,
  )
  return speakScript(random, writeScript(random, request), request)
}
