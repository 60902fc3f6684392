import { z } from 'zod'
import { fold } from '../words/tokens.ts'
import { jaroWinkler, wordOverlap } from './similarity.ts'

export const LinkageField = z.object({
  name: z.string().min(1).describe('Name of the field in the records'),
  kind: z
    .enum(['name', 'text', 'exact', 'number', 'date'])
    .describe(
      'How values are compared: `name` by letters (Jaro-Winkler), `text` by words, `exact`, `number` within 5 %, `date` (ISO 8601) up to one different part',
    ),
})
export type LinkageField = z.infer<typeof LinkageField>

export const LinkageRecord = z.record(z.string(), z.union([z.string().max(10_000), z.number(), z.null()]))
export type LinkageRecord = z.infer<typeof LinkageRecord>

/** How two values agree: 0 not at all, 1 nearly, 2 fully; 255 when one of them is missing and nothing can be said. */
export const missing = 255

/** Folded, without punctuation; the empty string when the value is missing. */
export function normalised(value: string | number | null | undefined, kind: LinkageField['kind']): string {
  if (value === null || value === undefined) return ''
  if (kind === 'number')
    return Number.isFinite(Number(value)) && String(value).trim() !== '' ? String(Number(value)) : ''
  return fold(String(value))
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}

/** Comparing letters takes time by the square of the length. */
const isShort = (a: string, b: string) => a.length <= 200 && b.length <= 200

export function agreement(a: string, b: string, kind: LinkageField['kind']): number {
  if (a === '' || b === '') return missing
  if (a === b) return 2
  if (kind === 'name') return isShort(a, b) && jaroWinkler(a, b) >= 0.88 ? 1 : 0
  if (kind === 'text') return wordOverlap(a, b) >= 0.5 || (isShort(a, b) && jaroWinkler(a, b) >= 0.92) ? 1 : 0
  if (kind === 'number')
    return Math.abs(Number(a) - Number(b)) <= 0.05 * Math.max(Math.abs(Number(a)), Math.abs(Number(b))) ? 1 : 0
  if (kind === 'date') return differentParts(a, b) <= 1 ? 1 : 0
  return 0
}

/** Day and month the other way round count as one. */
function differentParts(a: string, b: string): number {
  const [left, right] = [a.split(' '), b.split(' ')]
  if (left.length !== 3 || right.length !== 3) return 3
  if (left[0] === right[0] && left[1] === right[2] && left[2] === right[1]) return 1
  return left.filter((part, at) => part !== right[at]).length
}

/** Under which keys a value is sought: the value, and for names and texts how each word begins. */
export function blockingKeys(value: string, kind: LinkageField['kind']): string[] {
  if (value === '') return []
  if (kind === 'name') return [...new Set([value, ...value.split(' ').map((word) => `${word.slice(0, 3)}*`)])]
  if (kind === 'text') return [...new Set([value, ...value.split(' ').filter((word) => word.length > 3)])]
  return [value]
}
