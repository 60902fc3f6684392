/** Rows and columns that are worked on together, so that they stay in the processor's cache. */
const block = 48
const depth = 256

/**
 * Replaces a symmetric positive definite matrix by its inverse, in place: Cholesky's factor L (blocked, by rows), then its
 * inverse, then the product (Golub & Van Loan 2013, ch. 4). n^3 / 2 multiplications, no second matrix: for thousands of rows.
 *
 * @param m `[n][n]` row-major; only the lower triangle is read
 * @param proceed told the share done, between blocks; returning false ends the work (the matrix is then of no use)
 * @returns false when it was ended
 * @throws RangeError when the matrix is not positive definite
 */
export function invertLarge(m: Float64Array, n: number, proceed: (share: number) => boolean): boolean {
  return factoriseBlocks(m, n, proceed) && invertFactor(m, n, proceed) && multiplyFactors(m, n, proceed)
}

/** m[r][c] += sign * sum over k of m[r][k] * m[c][k], for the given ranges: 2 x 4 results at a time. */
function addProducts(
  m: Float64Array,
  n: number,
  r0: number,
  r1: number,
  c0: number,
  c1: number,
  k0: number,
  k1: number,
  sign: number,
): void {
  for (let from = k0; from < k1; from += depth) {
    const to = Math.min(k1, from + depth)
    let r = r0
    for (; r + 2 <= r1; r += 2) {
      const a0 = r * n
      const a1 = a0 + n
      let c = c0
      for (; c + 4 <= c1; c += 4) {
        const b0 = c * n
        const b1 = b0 + n
        const b2 = b1 + n
        const b3 = b2 + n
        let [s00, s01, s02, s03, s10, s11, s12, s13] = [0, 0, 0, 0, 0, 0, 0, 0]
        for (let k = from; k < to; k++) {
          const x = m[a0 + k]!
          const y = m[a1 + k]!
          const p = m[b0 + k]!
          const q = m[b1 + k]!
          const s = m[b2 + k]!
          const t = m[b3 + k]!
          s00 += x * p
          s01 += x * q
          s02 += x * s
          s03 += x * t
          s10 += y * p
          s11 += y * q
          s12 += y * s
          s13 += y * t
        }
        m[a0 + c] = m[a0 + c]! + sign * s00
        m[a0 + c + 1] = m[a0 + c + 1]! + sign * s01
        m[a0 + c + 2] = m[a0 + c + 2]! + sign * s02
        m[a0 + c + 3] = m[a0 + c + 3]! + sign * s03
        m[a1 + c] = m[a1 + c]! + sign * s10
        m[a1 + c + 1] = m[a1 + c + 1]! + sign * s11
        m[a1 + c + 2] = m[a1 + c + 2]! + sign * s12
        m[a1 + c + 3] = m[a1 + c + 3]! + sign * s13
      }
      for (; c < c1; c++) {
        m[a0 + c] = m[a0 + c]! + sign * dot(m, a0, c * n, from, to)
        m[a1 + c] = m[a1 + c]! + sign * dot(m, a1, c * n, from, to)
      }
    }
    for (; r < r1; r++)
      for (let c = c0; c < c1; c++) m[r * n + c] = m[r * n + c]! + sign * dot(m, r * n, c * n, from, to)
  }
}

/** Sum of m[a + k] * m[b + k]. */
function dot(m: Float64Array, a: number, b: number, from: number, to: number): number {
  let sum = 0
  for (let k = from; k < to; k++) sum += m[a + k]! * m[b + k]!
  return sum
}

/** The lower triangle becomes L with L L' = m. */
function factoriseBlocks(m: Float64Array, n: number, proceed: (share: number) => boolean): boolean {
  for (let from = 0; from < n; from += block) {
    if (!proceed((from / n) ** 3 / 3)) return false
    const to = Math.min(n, from + block)
    for (let left = 0; left < from; left += block) {
      const right = left + block
      addProducts(m, n, from, to, left, right, 0, left, -1)
      for (let r = from; r < to; r++)
        for (let c = left; c < right; c++)
          m[r * n + c] = (m[r * n + c]! - dot(m, r * n, c * n, left, c)) / m[c * n + c]!
    }
    // The upper half of the block on the diagonal is changed as well; nobody reads it.
    addProducts(m, n, from, to, from, to, 0, from, -1)
    for (let r = from; r < to; r++) {
      for (let c = from; c < r; c++) m[r * n + c] = (m[r * n + c]! - dot(m, r * n, c * n, from, c)) / m[c * n + c]!
      const pivot = m[r * n + r]! - dot(m, r * n, r * n, from, r)
      if (!(pivot > 0)) throw new RangeError(`not positive definite at row ${String(r)}`)
      m[r * n + r] = Math.sqrt(pivot)
    }
  }
  return true
}

/** The upper triangle with the diagonal becomes U = (inverse of L)'; the lower one stays L without its diagonal. */
function invertFactor(m: Float64Array, n: number, proceed: (share: number) => boolean): boolean {
  for (let j = 0; j < n; j++) m.fill(0, j * n + j + 1, j * n + n)
  for (let j = 0; j < n; j++) m[j * n + j] = 1 / m[j * n + j]!
  for (let from = 0; from < n; from += block) {
    if (!proceed((1 + (from / n) ** 3) / 3)) return false
    const to = Math.min(n, from + block)
    for (let above = 0; above <= from; above += block) {
      const below = Math.min(n, above + block)
      // Rows of U start at their diagonal; what stands left of it is L and must not be read.
      if (above < from) {
        for (let j = above; j < below; j++)
          for (let i = from; i < to; i++) m[j * n + i] = m[j * n + i]! - dot(m, j * n, i * n, j, below)
        addProducts(m, n, above, below, from, to, below, from, -1)
      }
      for (let j = above; j < below; j++)
        for (let i = Math.max(from, j + 1); i < to; i++)
          m[j * n + i] = (m[j * n + i]! - dot(m, j * n, i * n, Math.max(from, j), i)) * m[i * n + i]!
    }
  }
  return true
}

/** U U' into both triangles. */
function multiplyFactors(m: Float64Array, n: number, proceed: (share: number) => boolean): boolean {
  const diagonal = new Float64Array(n)
  for (let i = 0; i < n; i++) diagonal[i] = dot(m, i * n, i * n, i, n)
  for (let from = 0; from < n; from += block) {
    if (!proceed((2 + (1 - (1 - from / n) ** 3)) / 3)) return false
    const to = Math.min(n, from + block)
    for (let left = 0; left <= from; left += block) {
      const right = Math.min(n, left + block)
      if (left < from) {
        for (let i = from; i < to; i++) for (let j = left; j < right; j++) m[i * n + j] = dot(m, i * n, j * n, i, to)
        addProducts(m, n, from, to, left, right, to, n, 1)
      } else for (let i = from; i < to; i++) for (let j = from; j < i; j++) m[i * n + j] = dot(m, i * n, j * n, i, n)
    }
  }
  for (let i = 0; i < n; i++) {
    m[i * n + i] = diagonal[i]!
    for (let j = 0; j < i; j++) m[j * n + i] = m[i * n + j]!
  }
  return true
}
