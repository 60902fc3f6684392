/**
 * Where a continuous function is zero, by the method of Brent (1973, Algorithms for Minimization without Derivatives, ch. 4).
 * @returns null when the function has the same sign at both ends
 */
export function findRoot(f: (x: number) => number, from: number, to: number, tolerance = 1e-14): number | null {
  let [a, b] = [from, to]
  let [fa, fb] = [f(a), f(b)]
  if (fa === 0) return a
  if (fb === 0) return b
  if (!(fa * fb < 0)) return null
  let [c, fc] = [a, fa]
  let step = b - a
  let before = step
  for (let round = 0; round < 300; round++) {
    if (fb * fc > 0) {
      ;[c, fc] = [a, fa]
      step = b - a
      before = step
    }
    if (Math.abs(fc) < Math.abs(fb)) {
      ;[a, b, c] = [b, c, b]
      ;[fa, fb, fc] = [fb, fc, fb]
    }
    const small = 2 * Number.EPSILON * Math.abs(b) + tolerance / 2
    const half = (c - b) / 2
    if (Math.abs(half) <= small || fb === 0) return b
    if (Math.abs(before) >= small && Math.abs(fa) > Math.abs(fb)) {
      const s = fb / fa
      let p: number
      let q: number
      if (a === c) {
        p = 2 * half * s
        q = 1 - s
      } else {
        const t = fa / fc
        const r = fb / fc
        p = s * (2 * half * t * (t - r) - (b - a) * (r - 1))
        q = (t - 1) * (r - 1) * (s - 1)
      }
      if (p > 0) q = -q
      p = Math.abs(p)
      if (2 * p < Math.min(3 * half * q - Math.abs(small * q), Math.abs(before * q))) {
        before = step
        step = p / q
      } else {
        step = half
        before = half
      }
    } else {
      step = half
      before = half
    }
    ;[a, fa] = [b, fb]
    b += Math.abs(step) > small ? step : Math.sign(half) * small
    fb = f(b)
  }
  return b
}
