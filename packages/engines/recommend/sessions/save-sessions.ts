import { z } from 'zod'
import { loadModel, ModelVersionError, Provenance, saveModel, type SavedModel } from '../../contract/index.ts'
import { SessionOptions } from './session-event.ts'
import { sessionsEngine, type SessionModel } from './session-knn.ts'

const modelVersion = 1
const integers = z.array(z.int().min(0))
const Contents = z.object({
  items: z.array(z.string()),
  settings: SessionOptions,
  start: integers,
  item: integers,
  sessionStart: integers,
  session: integers,
  rarity: z.array(z.number()),
  provenance: Provenance,
})

export function saveSessions(model: SessionModel): SavedModel {
  const { start, item, sessionStart, session, rarity } = model
  return saveModel(sessionsEngine, modelVersion, {
    ...model,
    start: [...start],
    item: [...item],
    sessionStart: [...sessionStart],
    session: [...session],
    rarity: [...rarity],
  })
}

/** @throws ModelVersionError */
export function loadSessions(saved: SavedModel): SessionModel {
  const read = Contents.safeParse(loadModel(saved, sessionsEngine, modelVersion))
  if (!read.success)
    throw new ModelVersionError(`This model is damaged at ${read.error.issues[0]?.path.join('.') ?? 'its root'}.`)
  const { start, item, sessionStart, session, rarity } = read.data
  return {
    ...read.data,
    start: Uint32Array.from(start),
    item: Uint32Array.from(item),
    sessionStart: Uint32Array.from(sessionStart),
    session: Uint32Array.from(session),
    rarity: Float64Array.from(rarity),
  }
}
