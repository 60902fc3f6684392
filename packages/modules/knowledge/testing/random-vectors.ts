/**
 * Vectors as embedding models give them, as far as a search is concerned: of length 1, each about one of a few subjects
 * that all share, and otherwise without order. The same seed gives the same vectors.
 */
export function randomVectors(seed: number, dims: number, subjects = 12): () => Float32Array {
  const random = mulberry32(seed)
  const gaussian = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  const centres = Array.from({ length: subjects }, () => Array.from({ length: dims }, gaussian))
  return () => {
    const centre = centres[Math.floor(random() * subjects)] ?? []
    const vector = Float32Array.from({ length: dims }, (_, at) => gaussian() + 0.8 * (centre[at] ?? 0))
    const length = Math.hypot(...vector)
    return vector.map((value) => value / length)
  }
}

/** Tommy Ettinger's 32-bit generator, in the public domain. */
function mulberry32(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
