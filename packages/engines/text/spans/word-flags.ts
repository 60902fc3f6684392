/** What a word can begin or end, as bits: the scanner tries only the finders whose bit is set. */
export const flag = {
  month: 1,
  relative: 2,
  numberWord: 4,
  duration: 8,
  currency: 16,
  unit: 32,
  legal: 64,
  title: 128,
  street: 256,
  link: 512,
  frenchStreet: 1024,
} as const

const size = 1 << 14
const hashes = new Int32Array(size)
const flags = new Int32Array(size)

const seed = 0x811c9dc5 | 0

/** One step of FNV-1a (Fowler, Noll and Vo 1991) over a character code, letters of Latin-1 in lower case. */
export function stepHash(hash: number, code: number): number {
  const lower = (code >= 65 && code <= 90) || (code >= 0xc0 && code <= 0xde && code !== 0xd7) ? code + 32 : code
  return Math.imul(hash ^ lower, 0x01000193)
}
export const hashSeed: number = seed

export function addWords(words: readonly string[], bit: number): void {
  for (const word of words) {
    let hash = seed
    for (let i = 0; i < word.length; i++) hash = stepHash(hash, word.charCodeAt(i))
    let slot = hash & (size - 1)
    while (flags[slot] !== 0 && hashes[slot] !== hash) slot = (slot + 1) & (size - 1)
    hashes[slot] = hash
    flags[slot] = (flags[slot] ?? 0) | bit
  }
}

/** The bits of a word by its hash; 0 for nearly all words. A collision costs a try, nothing else. */
export function flagsOf(hash: number): number {
  let slot = hash & (size - 1)
  for (;;) {
    const found = flags[slot] ?? 0
    if (found === 0 || hashes[slot] === hash) return found
    slot = (slot + 1) & (size - 1)
  }
}
