import { invalidInput } from '@guildhall/kernel'

/** The lists of the older browser application, by the names of its storage keys. */
export const dumpKeys = ['clients', 'trainingMaterials', 'callAnalyses', 'campaigns', 'signups'] as const
export type DumpKey = (typeof dumpKeys)[number]

export type DumpItem = Record<string, unknown>
export interface DumpList {
  items: { item: DumpItem; position: number }[]
  /** Why entries could not even be looked at. */
  unreadable: { position: number; reason: string }[]
}

/** Browsers keep strings: a list is either a JSON text or, in a tidied dump, the list itself. */
export function readDump(dump: Record<string, unknown>): { lists: Map<DumpKey, DumpList>; ignored: string[] } {
  const lists = new Map<DumpKey, DumpList>()
  const known = new Map<string, DumpKey>(dumpKeys.map((key) => [key.toLowerCase(), key]))
  const ignored: string[] = []
  for (const [name, value] of Object.entries(dump)) {
    const key = known.get(name.toLowerCase().replaceAll(/[-_\s]/g, ''))
    if (key) lists.set(key, readList(name, value))
    else ignored.push(name)
  }
  if (lists.size === 0) throw invalidInput([{ field: 'dump', message: `holds none of ${dumpKeys.join(', ')}; export the whole localStorage of the older application` }])
  return { lists, ignored }
}

function readList(name: string, value: unknown): DumpList {
  let list: unknown = value
  if (typeof value === 'string') {
    try {
      list = JSON.parse(value)
    } catch {
      return { items: [], unreadable: [{ position: 0, reason: `${name} is not JSON` }] }
    }
  }
  const entries: unknown[] = Array.isArray(list) ? list : isItem(list) ? Object.values(list) : []
  if (!Array.isArray(list) && !isItem(list)) return { items: [], unreadable: [{ position: 0, reason: `${name} is not a list` }] }
  const result: DumpList = { items: [], unreadable: [] }
  for (const [position, entry] of entries.entries()) {
    if (isItem(entry)) result.items.push({ item: entry, position })
    else result.unreadable.push({ position, reason: `is ${entry === null ? 'null' : typeof entry}, not an object` })
  }
  return result
}

function isItem(value: unknown): value is DumpItem {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The first member that is a text, cut to what the collection takes. */
export function textOf(item: DumpItem, names: readonly string[], max = 20_000): string | undefined {
  for (const name of names) {
    const value = item[name]
    if (typeof value === 'string' && value.trim() !== '') return value.trim().slice(0, max)
    if (typeof value === 'number') return String(value)
  }
  return undefined
}

export function numberOf(item: DumpItem, names: readonly string[]): number | undefined {
  for (const name of names) {
    const value = item[name]
    const number = typeof value === 'string' ? Number(value.replaceAll(/[^\d.-]/g, '')) : value
    if (typeof number === 'number' && Number.isFinite(number) && value !== '') return number
  }
  return undefined
}

/** A date in any form that JavaScript reads, as ISO 8601. */
export function dateOf(item: DumpItem, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = item[name]
    if (typeof value !== 'string' && typeof value !== 'number') continue
    const date = new Date(value)
    if (!Number.isNaN(date.getTime())) return date.toISOString()
  }
  return undefined
}

const dataUrl = /^data:([\w.+-]+\/[\w.+-]+)?(?:;[\w-]+=[\w.-]+)*(;base64)?,/

/** Bytes of a base64 data URL. @throws Error saying what is wrong with it. */
export function readDataUrl(url: string): { mediaType: string; bytes: Uint8Array } {
  const match = dataUrl.exec(url)
  if (!match) throw new Error('is not a data URL')
  const body = url.slice(match[0].length)
  if (!match[2]) return { mediaType: match[1] ?? 'text/plain', bytes: new TextEncoder().encode(decodeURIComponent(body)) }
  if (body.length % 4 === 1 || /[^A-Za-z0-9+/=_-]/.test(body)) throw new Error('is damaged base64')
  const bytes = Buffer.from(body, 'base64')
  if (bytes.length === 0) throw new Error('is empty')
  return { mediaType: match[1] ?? 'application/octet-stream', bytes }
}
