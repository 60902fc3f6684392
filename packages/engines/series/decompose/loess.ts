/**
 * Local linear regression with tricube weights (Cleveland 1979) at the places 0..n-1 and one step beyond each end.
 * @param span number of neighbours, odd
 * @param robustness weight per value, or null
 *
 * Fitted at every tenth of the span and joined by lines in between, as in the original program.
 * @returns n + 2 values: the fit at -1, 0, ..., n
 */
export function loess(values: ArrayLike<number>, span: number, robustness: ArrayLike<number> | null): Float64Array {
  const n = values.length
  const fitted = new Float64Array(n + 2)
  const width = Math.min(span, n)
  const jump = Math.max(1, Math.ceil(width / 10))
  // Away from the ends the weights are the same at each place.
  const tricube = new Float64Array(width + 1)
  let weighed = -1
  for (let step = -1; ; step += jump) {
    const place = Math.min(step, n)
    const centred = place - Math.floor((width - 1) / 2)
    const from = Math.max(0, Math.min(n - width, centred))
    const to = from + width - 1
    let reach = Math.max(place - from, to - place)
    // Fewer values than the span asks for: as if they stood further away (Cleveland et al. 1990, section 2).
    if (span > n) reach += Math.floor((span - n) / 2)
    if (reach !== weighed) {
      for (let apart = 0; apart <= width; apart++) {
        const distance = apart / (reach + 1e-9)
        tricube[apart] = distance < 1 ? (1 - distance ** 3) ** 3 : 0
      }
      weighed = reach
    }
    let sum = 0
    let sumX = 0
    let sumY = 0
    let sumXx = 0
    let sumXy = 0
    for (let i = from; i <= to; i++) {
      const x = i - place
      const weight = tricube[x < 0 ? -x : x]! * (robustness ? robustness[i]! : 1)
      sum += weight
      sumX += weight * x
      sumY += weight * values[i]!
      sumXx += weight * x * x
      sumXy += weight * x * values[i]!
    }
    if (sum <= 0) fitted[place + 1] = values[Math.max(0, Math.min(n - 1, place))]!
    else {
      const spread = sumXx - (sumX * sumX) / sum
      const slope = spread > 1e-9 * sum ? (sumXy - (sumX * sumY) / sum) / spread : 0
      fitted[place + 1] = (sumY - slope * sumX) / sum
    }
    joinByLine(fitted, Math.max(0, step - jump + 1), place + 1)
    if (place === n) break
  }
  return fitted
}

function joinByLine(fitted: Float64Array, from: number, to: number): void {
  const start = fitted[from]!
  const rise = (fitted[to]! - start) / (to - from)
  for (let i = from + 1; i < to; i++) fitted[i] = start + rise * (i - from)
}
