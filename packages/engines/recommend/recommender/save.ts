import { z } from 'zod'
import { loadModel, ModelVersionError, Provenance, saveModel, type SavedModel } from '../../contract/index.ts'
import { recommenderEngine, type Recommender } from './model.ts'
import { AlsSettings, BprSettings, EaseSettings, KnnSettings, Strength } from './options.ts'

const modelVersion = 2

/** Bytes of a typed array, little-endian, as base64. */
const packed = z.strictObject({ type: z.enum(['u32', 'f32', 'f64']), base64: z.string() })
type Packed = z.infer<typeof packed>

const matrix = z.object({ rows: z.int(), columns: z.int(), start: packed, column: packed, value: packed })
const settings = z.discriminatedUnion('method', [
  EaseSettings.extend({ method: z.literal('ease') }),
  KnnSettings.extend({ method: z.literal('item-knn') }),
  AlsSettings.extend({ method: z.literal('als') }),
  BprSettings.extend({ method: z.literal('bpr') }),
  z.strictObject({ method: z.literal('popularity') }),
])
const Contents = z.object({
  settings,
  trials: z.array(z.object({ settings, ndcg: z.number() })),
  items: z.array(z.string()),
  warm: z.int(),
  users: z.array(z.string()),
  strengths: matrix,
  strength: Strength,
  unit: z.number(),
  popularity: packed,
  scorer: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('ease'), items: z.int(), weights: packed }),
    z.object({ kind: z.literal('item-knn'), neighbours: matrix }),
    z.object({
      kind: z.enum(['als', 'bpr']),
      factors: z.int(),
      item: packed,
      itemOfRow: packed,
      rowOfItem: packed,
      norm: packed,
      user: packed,
      gram: packed,
      alpha: z.number(),
      learningRate: z.number(),
      regularisation: z.number(),
      seed: z.int(),
    }),
    z.object({ kind: z.literal('popularity') }),
  ]),
  cold: matrix.nullable(),
  content: z
    .object({
      item: packed,
      terms: z.array(z.string()),
      rarity: packed,
      termStart: packed,
      termEntry: packed,
      termWeight: packed,
      vectors: packed,
      width: z.int(),
    })
    .nullable(),
  provenance: Provenance,
})

/** The model as JSON; it recommends the same when it is read back. */
export const saveRecommender = (model: Recommender): SavedModel =>
  saveModel(recommenderEngine, modelVersion, packAll(model))

/** Version 1 did not say how repeated interactions count; only the logarithm is seen in its unit. */
const upgrades = {
  1(contents: unknown): unknown {
    const read = z.looseObject({ unit: z.number() }).safeParse(contents)
    return read.success ? { ...read.data, strength: read.data.unit === 1 ? 'once' : 'log' } : contents
  },
}

/** @throws ModelVersionError when it was not made by `saveRecommender`, is damaged, or is of a version that cannot be read */
export function loadRecommender(saved: SavedModel): Recommender {
  const read = Contents.safeParse(loadModel(saved, recommenderEngine, modelVersion, upgrades))
  if (!read.success) throw damaged(read.error.issues[0]?.path.join('.') ?? 'its root')
  const model = asRecommender(unpackAll(read.data))
  if (model.strengths.start.length !== model.users.length + 1 || model.popularity.length !== model.items.length)
    throw damaged('the lengths of its parts')
  return model
}

const damaged = (where: string) => new ModelVersionError(`This model is damaged at ${where}. Fit it anew.`)

/** `Contents` with each packed array unpacked is a Recommender: the schema above names all of its fields. */
const asRecommender = (contents: unknown) => contents as Recommender

function packAll(value: unknown): unknown {
  if (value instanceof Uint32Array) return pack('u32', value)
  if (value instanceof Float32Array) return pack('f32', value)
  if (value instanceof Float64Array) return pack('f64', value)
  if (Array.isArray(value)) return value.map(packAll)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, packAll(each)]))
}

function pack(type: Packed['type'], array: Uint32Array | Float32Array | Float64Array): Packed {
  return { type, base64: Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString('base64') }
}

function unpackAll(value: unknown): unknown {
  const read = packed.safeParse(value)
  if (read.success) return unpack(read.data)
  if (Array.isArray(value)) return typeof value[0] === 'string' ? value : value.map(unpackAll)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, unpackAll(each)]))
}

function unpack({ type, base64 }: Packed): Uint32Array | Float32Array | Float64Array {
  // A copy of its own: the bytes of a Buffer need not start where a number may.
  const bytes = Uint8Array.from(Buffer.from(base64, 'base64'))
  if (bytes.length % (type === 'f64' ? 8 : 4) !== 0) throw damaged('an array')
  if (type === 'u32') return new Uint32Array(bytes.buffer)
  return type === 'f32' ? new Float32Array(bytes.buffer) : new Float64Array(bytes.buffer)
}
