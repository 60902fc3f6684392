import { invalidInput } from '@guildhall/kernel'
import { EntryError } from './entry-error.ts'

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
  if (lists.size === 0)
    throw invalidInput([
      {
        field: 'dump',
        message: `holds none of ${dumpKeys.join(', ')}; export the whole localStorage of the older application`,
      },
    ])
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
  if (!Array.isArray(list) && !isItem(list))
    return { items: [], unreadable: [{ position: 0, reason: `${name} is not a list` }] }
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

const dataUrl = /^data:([\w.+-]+\/[\w.+-]+)?(?:;[\w-]+=[\w.-]+)*(;base64)?,/

/** Bytes of a data URL. @throws EntryError saying what is wrong with it */
export function readDataUrl(url: string): { mediaType: string; bytes: Uint8Array } {
  const match = dataUrl.exec(url)
  if (!match) throw new EntryError('its file is not a data URL')
  const body = url.slice(match[0].length)
  const bytes = match[2] ? decodeBase64(body) : decodePercent(body)
  if (bytes.length === 0) throw new EntryError('its file is empty')
  return { mediaType: match[1] ?? 'text/plain', bytes }
}

function decodeBase64(body: string): Uint8Array {
  // Node decodes what it can and drops the rest: what is damaged must be seen before.
  if (body.replace(/=+$/, '').length % 4 === 1 || !/^[A-Za-z0-9+/_-]*={0,2}$/.test(body))
    throw new EntryError('its file is damaged: the base64 is cut off or holds other characters')
  return Buffer.from(body, 'base64')
}

function decodePercent(body: string): Uint8Array {
  try {
    return new TextEncoder().encode(decodeURIComponent(body))
  } catch {
    throw new EntryError('its file is damaged: the data URL is not percent-encoded text')
  }
}
