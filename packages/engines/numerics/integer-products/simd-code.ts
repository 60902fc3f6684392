/**
 * The inner loop of `integerRows` as a WebAssembly module, because JavaScript has no vector instructions: eight 16-bit
 * products and their sums are one instruction, about ten times as fast as one number after the other.
 */

const [item, vector, out, rows, width, at] = [0, 1, 2, 3, 4, 5]
const sum = 6

const get = (local: number) => [0x20, local]
const set = (local: number) => [0x21, local]
const number = (value: number) => [0x41, value]
const add = [0x6a]
const subtract = [0x6b]
const lessUnsigned = [0x49]
const store32 = [0x36, 2, 0]
const loop = [0x03, 0x40]
const againIf = [0x0d, 0]
const end = [0x0b]
const load128 = [0xfd, 0x00, 0, 0]
const splat32 = [0xfd, 0x11]
const add32x4 = [0xfd, 0xae, 0x01]
const pairProducts16x8 = [0xfd, 0xba, 0x01]
const lane32 = (lane: number) => [0xfd, 0x1b, lane]

const step = (local: number, by: number[]) => [...get(local), ...by, ...add, ...set(local)]

/** For each row: the sum over its 16-byte parts, then over the four lanes. `width` is in bytes, a multiple of 16. */
const body = [
  [loop],
  [number(0), splat32, set(sum)],
  [number(0), set(at)],
  [loop],
  [get(item), get(at), add, load128],
  [get(vector), get(at), add, load128],
  [pairProducts16x8, get(sum), add32x4, set(sum)],
  [step(at, number(16))],
  [get(at), get(width), lessUnsigned, againIf],
  [end],
  [get(out), get(sum), lane32(0), get(sum), lane32(1), add],
  [get(sum), lane32(2), add, get(sum), lane32(3), add, store32],
  [step(item, get(width))],
  [step(out, number(4))],
  [get(rows), number(1), subtract, set(rows)],
  [get(rows), againIf],
  [end],
  [end],
].flat(2)

const [int32, vector128] = [0x7f, 0x7b]
const text = (value: string) => [value.length, ...Array.from(value, (letter) => letter.charCodeAt(0))]
/** Lengths beyond 127 take two bytes (LEB128). */
const sized = (bytes: number[]) =>
  bytes.length < 128 ? [bytes.length, ...bytes] : [(bytes.length & 127) | 128, bytes.length >> 7, ...bytes]
const magic = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0]
const section = (id: number, content: number[]) => [id, ...sized(content)]

/**
 * `products(item, vector, out, rows, width)` over an imported memory `engine.memory`: addresses and the width of a row in
 * bytes, and how many rows there are, at least one.
 */
export const simdCode = Uint8Array.from([
  ...magic,
  ...section(1, [1, 0x60, 5, int32, int32, int32, int32, int32, 0]),
  ...section(2, [1, ...text('engine'), ...text('memory'), 0x02, 0, 1]),
  ...section(3, [1, 0]),
  ...section(7, [1, ...text('products'), 0x00, 0]),
  ...section(10, [1, ...sized([2, 1, int32, 1, vector128, ...body])]),
])
