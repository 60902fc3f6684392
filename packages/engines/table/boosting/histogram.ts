/** Numbers kept per bin: sum of gradients, sum of hessians, rows. */
export const perBin = 3

/**
 * Adds rows to the histograms of some features. Four features go together: row, gradient and hessian are read once for them, and the processor
 * has four independent sums to work on.
 *
 * @param histogram `[bin][gradient, hessian, rows]` of feature f from `offsets[f]` on
 * @param codes bins, of feature f from `f * stride` on
 * @param derivatives gradient and hessian by turns, in the order of `rows`, from 0 on
 */
export function addRows(
  histogram: Float64Array,
  offsets: Uint32Array,
  codes: Uint8Array,
  stride: number,
  features: Uint32Array,
  rows: Uint32Array,
  from: number,
  to: number,
  derivatives: Float64Array,
): void {
  let next = 0
  for (; next + 3 < features.length; next += 4) {
    const [f0, f1, f2, f3] = [features[next]!, features[next + 1]!, features[next + 2]!, features[next + 3]!]
    addFour(
      histogram,
      offsets[f0]!,
      offsets[f1]!,
      offsets[f2]!,
      offsets[f3]!,
      codes,
      f0 * stride,
      f1 * stride,
      f2 * stride,
      f3 * stride,
      rows,
      from,
      to,
      derivatives,
    )
  }
  for (; next < features.length; next++)
    addOne(histogram, offsets[features[next]!]!, codes, features[next]! * stride, rows, from, to, derivatives)
}

function addOne(
  histogram: Float64Array,
  offset: number,
  codes: Uint8Array,
  base: number,
  rows: Uint32Array,
  from: number,
  to: number,
  derivatives: Float64Array,
): void {
  for (let at = from, i = 0; at < to; at++, i += 2) {
    const place = offset + codes[base + rows[at]!]! * 3
    histogram[place]! += derivatives[i]!
    histogram[place + 1]! += derivatives[i + 1]!
    histogram[place + 2]!++
  }
}

function addFour(
  histogram: Float64Array,
  offset0: number,
  offset1: number,
  offset2: number,
  offset3: number,
  codes: Uint8Array,
  base0: number,
  base1: number,
  base2: number,
  base3: number,
  rows: Uint32Array,
  from: number,
  to: number,
  derivatives: Float64Array,
): void {
  for (let at = from, i = 0; at < to; at++, i += 2) {
    const row = rows[at]!
    const gradient = derivatives[i]!
    const hessian = derivatives[i + 1]!
    const place0 = offset0 + codes[base0 + row]! * 3
    const place1 = offset1 + codes[base1 + row]! * 3
    const place2 = offset2 + codes[base2 + row]! * 3
    const place3 = offset3 + codes[base3 + row]! * 3
    histogram[place0]! += gradient
    histogram[place0 + 1]! += hessian
    histogram[place0 + 2]!++
    histogram[place1]! += gradient
    histogram[place1 + 1]! += hessian
    histogram[place1 + 2]!++
    histogram[place2]! += gradient
    histogram[place2 + 1]! += hessian
    histogram[place2 + 2]!++
    histogram[place3]! += gradient
    histogram[place3 + 1]! += hessian
    histogram[place3 + 2]!++
  }
}

/** The histogram of one child from that of its parent and of the other child, in place of the parent's. */
export function subtract(parent: Float64Array, child: Float64Array): void {
  for (let at = 0; at < parent.length; at++) parent[at]! -= child[at]!
}
