/**
 * Large arguments and results travel in parts: structured clone runs on the caller's thread, and a million of objects at
 * once would hold it for a fifth of a second. A part is a slice of an array; the other side joins them again.
 */

/** What stands in the arguments for an array that is sent in parts. */
interface Joined {
  joined: typeof marker
  part: number
  /** The part is one typed array, which several places may share. */
  shared: boolean
  /** Its items may hold such places themselves. */
  nested: boolean
}

const marker = 'guildhall/parts'

/** Weight of what is cloned in about a millisecond; a number weighs little, an object a lot. */
const partWeight = 6_000
/** Typed arrays from this size on travel once, however often the arguments name them. */
const sharedFromBytes = 16_384
/** Values looked at when the arguments are weighed. */
const mostLooks = 20_000

/** A slice of an array, or a typed array as a whole. */
export interface Slice {
  part: number
  items: unknown[]
}

export interface Divided {
  args: unknown[]
  slices: Slice[]
}

/**
 * The arguments with a place holder for each array that is too heavy, and the slices it is sent in.
 * @param transfer buffers that move: what lies over them stays where it is
 * @returns null when nothing is heavy
 */
export function divide(args: readonly unknown[], transfer: readonly ArrayBuffer[] = []): Divided | null {
  const moved = new Set<ArrayBufferLike>(transfer)
  const slices: Divided['slices'] = []
  let parts = 0
  let looks = 0
  const views = new Map<unknown, Joined>()
  const once = (view: ArrayBufferView): Joined => {
    const known = views.get(view)
    if (known) return known
    const place: Joined = { joined: marker, part: parts++, shared: true, nested: false }
    views.set(view, place)
    slices.push({ part: place.part, items: [view] })
    return place
  }
  const replaced = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value
    if (ArrayBuffer.isView(value))
      return value.byteLength >= sharedFromBytes && !moved.has(value.buffer) ? once(value) : value
    if (++looks > mostLooks) return value
    if (Array.isArray(value)) {
      const each = weightOfItem(value)
      if (each * value.length <= partWeight) return value
      const part = parts++
      const count = Math.max(1, Math.floor(partWeight / each))
      // An item that is heavy itself, or may share an array with the others, is divided in turn.
      const inTurn = each > partWeight / 4 || holdsLarge(value[0], 0)
      for (let from = 0; from < value.length; from += count) {
        const items: unknown[] = value.slice(from, from + count)
        slices.push({ part, items: inTurn ? items.map(replaced) : items })
      }
      return { joined: marker, part, shared: false, nested: inTurn } satisfies Joined
    }
    if (Object.getPrototypeOf(value) !== Object.prototype) return value
    const entries = Object.entries(value)
    const changed = entries.map(([key, each]) => [key, replaced(each)] as const)
    return changed.some(([, each], k) => each !== entries[k]?.[1]) ? Object.fromEntries(changed) : value
  }
  const divided = args.map(replaced)
  return slices.length > 0 ? { args: divided, slices } : null
}

function holdsLarge(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null || depth > 3 || Array.isArray(value)) return false
  if (ArrayBuffer.isView(value)) return value.byteLength >= sharedFromBytes
  return Object.values(value).some((each) => holdsLarge(each, depth + 1))
}

/** By the first, a middle and the last item. */
function weightOfItem(items: readonly unknown[]): number {
  const seen = [items[0], items[items.length >> 1], items.at(-1)]
  return seen.reduce<number>((sum, item) => sum + weightOf(item, 0), 0) / seen.length
}

function weightOf(value: unknown, depth: number): number {
  if (typeof value === 'string') return 1 + value.length / 50
  if (typeof value !== 'object' || value === null) return 0.25
  if (ArrayBuffer.isView(value)) return 1 + value.byteLength / 400
  if (depth > 4) return 5
  if (Array.isArray(value))
    return 3 + value.length * (value.length > 0 ? weightOf(value[value.length >> 1], depth + 1) : 0)
  return Object.values(value).reduce<number>((sum, each) => sum + weightOf(each, depth + 1), 5)
}

/** Puts a slice to those of its part that came before. */
export function gather(parts: Map<number, unknown[]>, { part, items }: Slice): void {
  const known = parts.get(part)
  if (known) for (const item of items) known.push(item)
  else parts.set(part, items)
}

/** The arguments with their arrays in place again. @param parts the slices that came, by part */
export function join(args: readonly unknown[], parts: ReadonlyMap<number, unknown[]>): unknown[] {
  const restored = (value: unknown): unknown => {
    if (isJoined(value)) {
      const items = parts.get(value.part) ?? []
      return value.shared ? items[0] : value.nested ? items.map(restored) : items
    }
    if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value
    for (const [key, each] of Object.entries(value)) {
      const whole = restored(each)
      if (whole !== each) Object.assign(value, { [key]: whole })
    }
    return value
  }
  return parts.size > 0 ? args.map(restored) : [...args]
}

const isJoined = (value: unknown): value is Joined =>
  typeof value === 'object' && value !== null && 'joined' in value && value.joined === marker
