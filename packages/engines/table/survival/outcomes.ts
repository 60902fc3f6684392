import { fault, readCompleteCategories, readCompleteNumbers, refuseRows, rowsOf, type Table } from '../columns.ts'

/** Times until an event or until observation ended (right censoring). */
export interface Outcomes {
  /** In the caller's unit, above zero. */
  times: Float64Array
  /** 1: the event happened; 0: observation ended before it (censored). */
  events: Uint8Array
}

/** @throws EngineInputError for times that are not above zero, events that are not 0 or 1, or when no event happened */
export function readOutcomes(table: Table, time: string, event: string): Outcomes {
  rowsOf(table)
  const times = readCompleteNumbers(table, time)
  refuseRows('out-of-range', time, times.length, (row) =>
    times[row]! > 0 ? null : `is ${String(times[row])}; a time until an event is above zero`,
  )
  const flags = readCompleteNumbers(table, event)
  refuseRows('out-of-range', event, flags.length, (row) =>
    flags[row] === 0 || flags[row] === 1
      ? null
      : `is ${String(flags[row])}; write 1 for an event, 0 for the end of observation`,
  )
  if (!flags.includes(1))
    throw fault('constant', event, null, 'has no event: nothing can be said about when it happens')
  return { times, events: Uint8Array.from(flags) }
}

/** Groups of rows by a column, in the order of their names; one group without it. */
export function readSurvivalGroups(table: Table, group: string | undefined): { name: string; rows: Uint32Array }[] {
  if (group === undefined) return [{ name: 'all', rows: Uint32Array.from({ length: rowsOf(table) }, (_, row) => row) }]
  const { codes, categories } = readCompleteCategories(table, group)
  return categories.map((name, code) => ({
    name,
    rows: Uint32Array.from(codes.keys()).filter((row) => codes[row] === code),
  }))
}
