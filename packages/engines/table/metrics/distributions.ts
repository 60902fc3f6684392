/** Logarithm of the gamma function for x > 0 (Lanczos 1964, the coefficients of Godfrey 2001, g = 7, n = 9; error below 1e-14). */
function logGamma(x: number): number {
  let sum = lanczos[0]!
  for (let i = 1; i < lanczos.length; i++) sum += lanczos[i]! / (x - 1 + i)
  const t = x + 6.5
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum)
}

const lanczos = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
]

/** P(X > x) of a chi-squared variable: regularised upper incomplete gamma (Press et al., Numerical Recipes, section 6.2). */
export function chiSquaredTail(x: number, degrees: number): number {
  if (!(x > 0)) return 1
  const a = degrees / 2
  const z = x / 2
  const front = Math.exp(-z + a * Math.log(z) - logGamma(a))
  if (z < a + 1) {
    let term = 1 / a
    let sum = term
    for (let n = 1; n < 1000 && term > sum * 1e-16; n++) sum += term *= z / (a + n)
    return Math.max(0, 1 - sum * front)
  }
  return (
    front *
    continuedFraction(
      (n) => (n === 0 ? 1 : -n * (n - a)),
      (n) => z + 2 * n + 1 - a,
    )
  )
}

/** P(|Z| > z) of a standard normal variable. */
export function normalTwoSided(z: number): number {
  return chiSquaredTail(z * z, 1)
}

/** P(|T| > t) of Student's t: regularised incomplete beta (Press et al., section 6.4). */
export function studentTwoSided(t: number, degrees: number): number {
  return incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5)
}

function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0
  if (x >= 1) return 1
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a)
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x)) / a
  return (
    front *
    continuedFraction(
      (n) => {
        if (n === 0) return 1
        const m = Math.floor(n / 2)
        return n % 2 === 0
          ? (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
          : (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
      },
      () => 1,
    )
  )
}

/** a0 / (b0 + a1 / (b1 + a2 / ...)) by the method of Lentz (1976). */
function continuedFraction(a: (n: number) => number, b: (n: number) => number): number {
  const tiny = 1e-300
  let f = tiny
  let c = tiny
  let d = 0
  for (let n = 0; n < 1000; n++) {
    d = b(n) + a(n) * d || tiny
    c = b(n) + a(n) / c || tiny
    d = 1 / d
    f *= c * d
    if (Math.abs(c * d - 1) < 1e-15) break
  }
  return f
}

/** The z with P(Z <= z) = p, by bisection on the tail; to about 1e-12. */
export function normalQuantile(p: number): number {
  const tail = 2 * Math.min(p, 1 - p)
  let [low, high] = [0, 40]
  for (let i = 0; i < 100; i++) {
    const middle = (low + high) / 2
    if (normalTwoSided(middle) > tail) low = middle
    else high = middle
  }
  return p < 0.5 ? -low : low
}
