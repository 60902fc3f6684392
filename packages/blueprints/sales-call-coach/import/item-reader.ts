import type { DumpItem } from './read-dump.ts'

/** Reads the members of an entry by the names that versions of the older application gave them. */
export interface ItemReader {
  item: DumpItem
  /** The first member of these names that is a text; what does not fit is cut, and noted. */
  text: (names: readonly string[], max?: number) => string | undefined
  number: (names: readonly string[]) => number | undefined
  /** A date in any form that JavaScript reads, as ISO 8601. */
  date: (names: readonly string[]) => string | undefined
}

/** @param note is told what was changed on the way */
export function itemReader(item: DumpItem, note: (reason: string) => void): ItemReader {
  return {
    item,
    text(names, max = 20_000) {
      for (const name of names) {
        const value = item[name]
        if (typeof value === 'number') return String(value)
        if (typeof value !== 'string' || value.trim() === '') continue
        const text = value.trim()
        if (text.length <= max) return text
        note(`${name} has ${String(text.length)} characters, the first ${String(max)} are kept`)
        return text.slice(0, max)
      }
      return undefined
    },
    number(names) {
      for (const name of names) {
        const value = item[name]
        const number = typeof value === 'string' ? Number(value.replaceAll(/[^\d.-]/g, '')) : value
        if (typeof number === 'number' && Number.isFinite(number) && value !== '') return number
      }
      return undefined
    },
    date(names) {
      for (const name of names) {
        const value = item[name]
        if (typeof value !== 'string' && typeof value !== 'number') continue
        const date = new Date(value)
        if (!Number.isNaN(date.getTime())) return date.toISOString()
      }
      return undefined
    },
  }
}
