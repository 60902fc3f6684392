import { createHash } from 'node:crypto'
import { z } from 'zod'

/** Something that a reader of the result should know: missing values filled, a model that did not converge. */
export const Warning = z.object({
  code: z.string().describe('Stable name, for instance `missing-filled`'),
  message: z.string().describe('For a person'),
})
export type Warning = z.infer<typeof Warning>

/** Where a result comes from. Each result of an engine carries it, so that an answer can cite the computation. */
export const Provenance = z.object({
  engine: z.string().describe('Engine and method, for instance `series/forecast`'),
  version: z.string().describe('Version of the method; the same version, seed and input give the same bytes'),
  seed: z.int().describe('Seed of the random numbers'),
  inputsHash: z.string().describe('SHA-256 (base64url) of the input and options'),
  warnings: z.array(Warning),
})
export type Provenance = z.infer<typeof Provenance>

/** @param inputs data and options that decide the result, in the order of the call */
export function provenanceOf(
  engine: string,
  version: string,
  seed: number,
  inputs: readonly unknown[],
  warnings: readonly Warning[] = [],
): Provenance {
  return { engine, version, seed, inputsHash: hashOf(inputs), warnings: [...warnings] }
}

/** SHA-256 over a canonical form: keys in order; undefined, functions and signals left out; typed arrays as their bytes. */
export function hashOf(value: unknown): string {
  const hash = createHash('sha256')
  feed(hash, value)
  return hash.digest('base64url')
}

function feed(hash: ReturnType<typeof createHash>, value: unknown): void {
  if (ArrayBuffer.isView(value)) {
    hash.update(`${value.constructor.name}${String(value.byteLength)}:`)
    hash.update(new Uint8Array(value.buffer, value.byteOffset, value.byteLength))
  } else if (Array.isArray(value)) {
    hash.update(`[${String(value.length)}:`)
    for (const each of value) feed(hash, each)
  } else if (value instanceof Date) hash.update(`d${value.toISOString()}`)
  else if (typeof value === 'object' && value !== null) {
    hash.update('{')
    for (const [key, each] of Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      if (each !== undefined && typeof each !== 'function' && !(each instanceof AbortSignal)) {
        hash.update(`${JSON.stringify(key)}:`)
        feed(hash, each)
      }
    hash.update('}')
  } else if (typeof value === 'number') hash.update(`n${Object.is(value, -0) ? '-0' : String(value)};`)
  else hash.update(`${typeof value === 'string' ? JSON.stringify(value) : String(value)};`)
}
