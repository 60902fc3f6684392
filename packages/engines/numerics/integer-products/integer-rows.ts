import { simdCode } from './simd-code.ts'
import { webAssembly } from './web-assembly.ts'

/** Rows of 16-bit integers to be multiplied with one vector after the other. */
export interface IntegerRows {
  /** `[row][stride]`, to be filled in; beyond `width` it stays 0. */
  readonly values: Int16Array
  readonly stride: number
  /**
   * Inner products of the rows from..to with a vector of at most `stride` numbers. The sums of products without their
   * signs must be below 2^31. The answer is overwritten by the next call. @returns `[row - from]`
   */
  products(vector: Int16Array, from: number, to: number): Int32Array
}

/** Numbers in a vector instruction. */
const lanes = 8
const pageBytes = 65_536

/**
 * @param most rows in one call of `products`
 * @param simd whether the processor's vector instructions are used: the answers are the same
 */
export function integerRows(rows: number, width: number, most: number, simd = canSimd()): IntegerRows {
  const stride = Math.max(1, Math.ceil(width / lanes)) * lanes
  return simd ? vectorised(rows, stride, most) : plain(rows, stride, most)
}

/** Processors without SSE 4.1, and those that an emulator shows without it, cannot. */
let simdKnown: boolean | undefined
const canSimd = () => (simdKnown ??= webAssembly.validate(simdCode))

let compiled: object | undefined

function vectorised(rows: number, stride: number, most: number): IntegerRows {
  const [vectorBytes, outBytes] = [2 * stride, 4 * most]
  const start = Math.ceil((vectorBytes + outBytes) / 16) * 16
  const pages = Math.ceil((start + 2 * rows * stride) / pageBytes)
  const memory = new webAssembly.Memory({ initial: Math.max(1, pages) })
  compiled ??= new webAssembly.Module(simdCode)
  const run = exportedProducts(new webAssembly.Instance(compiled, { engine: { memory } }))
  const given = new Int16Array(memory.buffer, 0, stride)
  const out = new Int32Array(memory.buffer, vectorBytes, most)
  return {
    values: new Int16Array(memory.buffer, start, rows * stride),
    stride,
    products(vector, from, to) {
      given.fill(0).set(vector)
      if (to > from) run(start + 2 * from * stride, 0, vectorBytes, to - from, vectorBytes)
      return out.subarray(0, to - from)
    },
  }
}

type Products = (item: number, vector: number, out: number, rows: number, width: number) => void

/** What `simdCode` exports. */
const exportedProducts = ({ exports }: { exports: Record<string, unknown> }) => exports['products'] as Products

function plain(rows: number, stride: number, most: number): IntegerRows {
  const values = new Int16Array(rows * stride)
  const out = new Int32Array(most)
  return {
    values,
    stride,
    products(vector, from, to) {
      for (let row = from; row < to; row++) {
        let sum = 0
        for (let a = 0, base = row * stride; a < vector.length; a++) sum += vector[a]! * values[base + a]!
        out[row - from] = sum
      }
      return out.subarray(0, to - from)
    },
  }
}
