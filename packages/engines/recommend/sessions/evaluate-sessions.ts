import { z } from 'zod'
import {
  checkInput,
  EngineInputError,
  provenanceOf,
  startWork,
  type Provenance,
  type WorkOptions,
} from '../../contract/index.ts'
import { Session } from './session-event.ts'
import { nextItems, type SessionModel } from './session-knn.ts'

export const EvaluateSessionsOptions = z.strictObject({
  depth: z.int().min(1).max(1000).default(20).describe('Places that count'),
})

const Played = z.strictObject({ sessions: z.array(Session).min(1) })

export interface SessionFigures {
  /** Share of the next items that were among the first `depth`. */
  hitRate: number
  /** Mean of 1 / place, 0 beyond `depth`. */
  reciprocalRank: number
  steps: number
  provenance: Provenance
}

/**
 * Plays sessions item by item and looks whether the next one was foreseen. At the time limit the figures are those of the
 * sessions played so far, with a warning.
 * @param sessions that the model was not made of
 */
export function evaluateSessions(
  model: SessionModel,
  sessions: readonly Session[],
  options: z.input<typeof EvaluateSessionsOptions> & WorkOptions = {},
): SessionFigures {
  const { seed: _seed, signal, maxMillis, onProgress, ...own } = options
  const { depth } = checkInput(EvaluateSessionsOptions, own)
  const work = startWork({ signal, maxMillis, onProgress })
  const { sessions: read } = checkInput(Played, { sessions: [...sessions] })
  let [steps, hits, reciprocal, played] = [0, 0, 0, 0]
  for (const { items } of read) {
    if (work.expired() && steps > 0) break
    work.progress(played++ / read.length, 'playing sessions')
    for (let k = 1; k < items.length; k++) {
      const found = nextItems(model, { session: items.slice(0, k), count: depth }).items
      const place = found.findIndex((each) => each.item === items[k]) + 1
      steps++
      if (place > 0) {
        hits++
        reciprocal += 1 / place
      }
    }
  }
  if (steps === 0) {
    const message = 'hold one item each: there is no next one to foresee'
    throw new EngineInputError('too-few-rows', [{ field: 'sessions', row: null, message }])
  }
  const cut = `The time limit ended the test after ${String(played)} of ${String(read.length)} sessions.`
  const warnings = played < read.length ? [{ code: 'time-limit', message: cut }] : []
  const { engine, version, seed, inputsHash } = model.provenance
  return {
    hitRate: hits / steps,
    reciprocalRank: reciprocal / steps,
    steps,
    provenance: provenanceOf(engine, version, seed, [inputsHash, read, depth], warnings),
  }
}
