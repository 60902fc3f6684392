import { endianness } from 'node:os'

const native = endianness() === 'LE'

/** float32, little endian. */
export function vectorToBytes(vector: Float32Array): Buffer {
  const bytes = Buffer.from(vector.buffer.slice(vector.byteOffset, vector.byteOffset + vector.byteLength))
  return native ? bytes : bytes.swap32()
}

export function bytesToVector(bytes: Buffer): Float32Array {
  // A copy, because the driver's buffer may start at an offset that is no multiple of four.
  const copy = Buffer.from(new Uint8Array(bytes))
  if (!native) copy.swap32()
  return new Float32Array(copy.buffer, copy.byteOffset, copy.byteLength / 4)
}
