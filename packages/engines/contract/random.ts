/** A reproducible stream of random numbers: the same seed gives the same numbers on any machine. */
export interface Random {
  /** Uniform in [0, 1), 53 bits. */
  next(): number
  /** Uniform integer in [0, below). */
  integer(below: number): number
  /** Standard normal (polar method, Marsaglia & Bray 1964). */
  normal(): number
  /** Shuffles in place (Fisher & Yates 1938). */
  shuffle<T extends { length: number; [index: number]: unknown }>(items: T): T
  /** An independent stream, for instance one per tree or per worker: the answer must not depend on who computes it. @param stream from 0 on */
  fork(stream: number): Random
}

/** @param seed any safe integer; each has a stream of its own */
export function createRandom(seed: number): Random {
  if (!Number.isSafeInteger(seed)) throw new RangeError(`seed must be an integer, not ${String(seed)}`)
  return createStream(seed | 0, Math.floor(seed / 2 ** 32))
}

/**
 * Words of 32 bits: sfc32 by Chris Doty-Humphrey (PractRand 0.94, 2010), seeded through splitmix32.
 * @param low @param high the 64 bits that name a stream @param counter where sfc32 starts counting
 */
function sfc32(low: number, high: number, counter: number): () => number {
  let mix = low
  const splitmix = () => {
    mix = (mix + 0x9e3779b9) | 0
    let z = Math.imul(mix ^ (mix >>> 16), 0x21f0aaad)
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
    return z ^ (z >>> 15)
  }
  let a = splitmix()
  let b = splitmix()
  // `a` tells the low word and `c` then the high one: no two names begin in the same state.
  let c = splitmix() ^ high
  let count = counter
  const word = () => {
    const sum = (((a + b) | 0) + count) | 0
    count = (count + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return sum >>> 0
  }
  for (let i = 0; i < 12; i++) word()
  return word
}

function createStream(low: number, high: number): Random {
  const word = sfc32(low, high, 1)
  let spare: number | null = null
  const random: Random = {
    next: () => (word() >>> 5) * 2 ** -27 + (word() >>> 6) * 2 ** -53,
    integer: (below) => Math.floor(random.next() * below),
    normal() {
      if (spare !== null) {
        const value = spare
        spare = null
        return value
      }
      for (;;) {
        const u = 2 * random.next() - 1
        const v = 2 * random.next() - 1
        const s = u * u + v * v
        if (s === 0 || s >= 1) continue
        const scale = Math.sqrt((-2 * Math.log(s)) / s)
        spare = v * scale
        return u * scale
      }
    },
    shuffle(items) {
      for (let i = items.length - 1; i > 0; i--) {
        const j = random.integer(i + 1)
        const held = items[i]
        items[i] = items[j]
        items[j] = held
      }
      return items
    },
    fork(stream) {
      if (!Number.isSafeInteger(stream) || stream < 0)
        throw new RangeError(`stream must be an integer from 0 on, not ${String(stream)}`)
      const name = sfc32(low, high, stream + 2)
      return createStream(name() | 0, name() | 0)
    },
  }
  return random
}
