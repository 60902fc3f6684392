import { z } from 'zod'
import {
  checkInput,
  EngineInputError,
  provenanceOf,
  startWork,
  type Provenance,
  type WorkOptions,
} from '../../contract/index.ts'
import { createTopList } from '../top-list.ts'
import { Session, SessionOptions } from './session-event.ts'

export const sessionsEngine = 'recommend/sessions'
const version = '1'

/** Plain data: sessions from the latest to the earliest, and per item the sessions that hold it. */
export interface SessionModel {
  items: string[]
  settings: z.output<typeof SessionOptions>
  /** `item[start[s]]` up to `item[start[s + 1]]`: the items of session s in their order. */
  start: Uint32Array
  item: Uint32Array
  /** Sessions of an item, the latest first, at most `recent`. */
  sessionStart: Uint32Array
  session: Uint32Array
  /** ln(sessions / sessions with the item), by item. */
  rarity: Float64Array
  provenance: Provenance
}

const Chunk = z.array(Session)
const chunkRows = 4096

/**
 * Remembers sessions so that the next item of a new one can be told from those most like it, the last items counting most
 * (vector session kNN: Ludewig & Jannach 2018; its index by recency: Kersbergen, Sprangers & Schelter 2022).
 * @param sessions the later in the list the more recent, unless they have times
 * @throws EngineInputError naming the session
 */
export function fitSessions(sessions: readonly Session[], options: SessionOptions & WorkOptions = {}): SessionModel {
  const { seed, signal, maxMillis, onProgress, ...own } = options
  const settings = checkInput(SessionOptions, own)
  const work = startWork({ seed, signal, maxMillis, onProgress })
  if (!Array.isArray(sessions) || sessions.length === 0)
    throw new EngineInputError('empty', [{ field: 'sessions', row: null, message: 'holds no session' }])
  checkSessions(sessions)
  const timed = sessions.filter((each) => each.time !== undefined).length
  if (timed > 0 && timed < sessions.length) {
    const row = sessions.findIndex((each) => each.time === undefined)
    const message = 'is missing, and other sessions have one; give all or none'
    throw new EngineInputError('wrong-length', [{ field: 'time', row, message }])
  }
  const order = [...sessions.keys()].sort((a, b) => (sessions[b]!.time ?? 0) - (sessions[a]!.time ?? 0) || b - a)
  const number = new Map<string, number>()
  const start = new Uint32Array(sessions.length + 1)
  const item = new Uint32Array(sessions.reduce((sum, each) => sum + each.items.length, 0))
  let at = 0
  order.forEach((row, s) => {
    if ((s & 1023) === 0) work.expired()
    for (const name of sessions[row]!.items) {
      const known = number.get(name) ?? number.size
      number.set(name, known)
      item[at++] = known
    }
    start[s + 1] = at
  })
  const lists: number[][] = Array.from({ length: number.size }, () => [])
  const counts = new Float64Array(number.size)
  for (let s = 0; s < sessions.length; s++) {
    if ((s & 1023) === 0) {
      // Without all sessions there is no model: only an aborted signal ends this.
      work.expired()
      work.progress(s / sessions.length, 'indexing sessions')
    }
    for (const each of new Set(item.subarray(start[s], start[s + 1]))) {
      counts[each] = counts[each]! + 1
      if (lists[each]!.length < settings.recent) lists[each]!.push(s)
    }
  }
  const sessionStart = new Uint32Array(number.size + 1)
  lists.forEach((list, each) => (sessionStart[each + 1] = sessionStart[each]! + list.length))
  const items = [...number.keys()]
  return {
    items,
    settings,
    start,
    item,
    sessionStart,
    session: Uint32Array.from(lists.flat()),
    rarity: counts.map((count) => Math.log(sessions.length / count)),
    provenance: provenanceOf(sessionsEngine, version, work.seed, [items, start, item, settings]),
  }
}

/** In chunks, as the whole would be copied. */
function checkSessions(sessions: readonly Session[]): void {
  for (let from = 0; from < sessions.length; from += chunkRows) {
    try {
      checkInput(Chunk, sessions.slice(from, from + chunkRows))
    } catch (error) {
      if (!(error instanceof EngineInputError)) throw error
      const faults = error.faults.map((each) => ({ ...each, row: each.row === null ? null : each.row + from }))
      throw new EngineInputError(error.code, faults)
    }
  }
}

export const NextItemRequest = z.strictObject({
  session: z.array(z.string().min(1)).min(1).describe('Items of the current session so far, in their order'),
  count: z.int().min(1).max(1000).default(10).describe('Most items to return'),
  repeat: z.boolean().default(true).describe('false: items of the session are not answered; the last one never is'),
})

export interface NextItems {
  items: { item: string; score: number }[]
  /** Sessions that were asked; 0 when nothing of the session is known. */
  neighbours: number
  provenance: Provenance
}

const indexes = new WeakMap<SessionModel, ReadonlyMap<string, number>>()

function indexOf(model: SessionModel): ReadonlyMap<string, number> {
  let index = indexes.get(model)
  if (!index) indexes.set(model, (index = new Map(model.items.map((item, at) => [item, at]))))
  return index
}

/** What comes next in a session. Items that the model does not know are passed over. @throws EngineInputError */
export function nextItems(model: SessionModel, request: z.input<typeof NextItemRequest>): NextItems {
  const read = checkInput(NextItemRequest, request)
  const index = indexOf(model)
  const known = read.session.flatMap((name) => index.get(name) ?? []).slice(-model.settings.memory)
  // The latest place of each item; places count linearly towards the end.
  const place = new Map<number, number>()
  known.forEach((item, k) => place.set(item, (k + 1) / known.length))

  const likeness = new Map<number, number>()
  for (const [item, weight] of place)
    for (let k = model.sessionStart[item]!; k < model.sessionStart[item + 1]!; k++) {
      const session = model.session[k]!
      likeness.set(session, (likeness.get(session) ?? 0) + weight)
    }
  const nearest = createTopList(Math.min(model.settings.neighbours, likeness.size))
  for (const [session, each] of likeness) nearest.offer(session, each)
  const { items: sessions, scores: weights } = nearest.take()

  const scores = new Map<number, number>()
  sessions.forEach((session, k) => {
    const members = model.item.subarray(model.start[session], model.start[session + 1])
    // How late in the current session the last item is that both share.
    let latest = 0
    for (const item of members) latest = Math.max(latest, place.get(item) ?? 0)
    const size = Math.sqrt(new Set(members).size * place.size)
    for (const item of new Set(members)) {
      if (place.has(item) && (!read.repeat || item === known.at(-1))) continue
      const gain = (weights[k]! / size) * latest * (1 + model.rarity[item]!)
      scores.set(item, (scores.get(item) ?? 0) + gain)
    }
  })
  const top = createTopList(Math.min(read.count, scores.size))
  for (const [item, score] of scores) top.offer(item, score)
  const best = top.take()
  const inputs = [model.provenance.inputsHash, read]
  const warnings =
    best.items.length > 0 ? [] : [{ code: 'nothing-known', message: 'No remembered session has an item of this one.' }]
  return {
    items: Array.from(best.items, (item, k) => ({ item: model.items[item]!, score: best.scores[k]! })),
    neighbours: sessions.length,
    provenance: provenanceOf(sessionsEngine, version, model.provenance.seed, inputs, warnings),
  }
}
