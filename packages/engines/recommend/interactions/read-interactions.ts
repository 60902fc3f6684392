import { z } from 'zod'
import { checkInput, EngineInputError, type Work } from '../../contract/index.ts'
import { Interaction } from './interaction.ts'

/** Interactions as numbers; users and items are numbered in the order of their first appearance. */
export interface InteractionColumns {
  users: string[]
  items: string[]
  user: Uint32Array
  item: Uint32Array
  weight: Float64Array
  /** Milliseconds since 1970 UTC; NaN where none was told. */
  time: Float64Array
}

/** Rows checked at a time: a copy of a million checked rows would cost more memory than the model. */
const chunkRows = 8192
const Chunk = z.array(Interaction)

/** @throws EngineInputError with the row of the first faults, and the reason of an aborted signal */
export function readInteractions(rows: readonly Interaction[], field: string, work: Work): InteractionColumns {
  if (!Array.isArray(rows))
    throw new EngineInputError('wrong-type', [{ field, row: null, message: 'must be a list of interactions' }])
  if (rows.length === 0)
    throw new EngineInputError('empty', [{ field, row: null, message: 'holds no interaction; give at least one' }])
  const users = new Map<string, number>()
  const items = new Map<string, number>()
  const user = new Uint32Array(rows.length)
  const item = new Uint32Array(rows.length)
  const weight = new Float64Array(rows.length)
  const time = new Float64Array(rows.length)
  for (let from = 0; from < rows.length; from += chunkRows) {
    work.expired()
    const chunk = checkChunk(rows.slice(from, from + chunkRows), from)
    for (let k = 0; k < chunk.length; k++) {
      const row = chunk[k]!
      user[from + k] = numberOf(users, row.user)
      item[from + k] = numberOf(items, row.item)
      weight[from + k] = row.weight ?? 1
      time[from + k] = row.time ?? NaN
    }
  }
  return { users: [...users.keys()], items: [...items.keys()], user, item, weight, time }
}

function checkChunk(rows: Interaction[], from: number): Interaction[] {
  try {
    return checkInput(Chunk, rows)
  } catch (error) {
    if (!(error instanceof EngineInputError)) throw error
    const faults = error.faults.map((fault) => ({ ...fault, row: fault.row === null ? null : fault.row + from }))
    throw new EngineInputError(error.code, faults)
  }
}

function numberOf(index: Map<string, number>, name: string): number {
  const known = index.get(name)
  if (known !== undefined) return known
  index.set(name, index.size)
  return index.size - 1
}
