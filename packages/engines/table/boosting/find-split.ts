import type { Feature } from './bins.ts'

/** What a split must satisfy, and how leaves are shrunk. */
export interface SplitRules {
  /** Fewest rows in a leaf. */
  minRows: number
  /** Least sum of hessians in a leaf. */
  minHessian: number
  /** Penalty on squared leaf outputs. */
  l2: number
  /** Added to `l2` at categorical splits: a category is a choice among many. */
  categoryL2: number
  /** Rows' worth of hessian added to a category before categories are put in order of their mean gradient. */
  categorySmoothing: number
  /** Least gain of a split. */
  minGain: number
}

/** Sums of the rows in a node, and the bounds that monotone constraints above it put on its output. */
export interface NodeSums {
  gradient: number
  hessian: number
  rows: number
  low: number
  high: number
}

export interface Split {
  feature: number
  gain: number
  bin: number
  /** Bins that go left, of a categorical split; null for a numeric one. */
  set: number[] | null
  missingLeft: boolean
  leftGradient: number
  leftHessian: number
  leftRows: number
}

/** The output that lowers the loss most (second-order, Chen & Guestrin 2016, equation 5), within the bounds. */
export function leafOutput(gradient: number, hessian: number, l2: number, low: number, high: number): number {
  const output = -gradient / (hessian + l2 + 1e-12)
  return output < low ? low : output > high ? high : output
}

/** Twice the loss that a leaf with this output removes. */
function removed(gradient: number, hessian: number, l2: number, output: number): number {
  return -(2 * gradient * output + (hessian + l2) * output * output)
}

/**
 * The best split of one feature from its histogram; `best` is changed when it is better than what is there.
 * Missing values are tried on both sides. @param direction 1: outputs may not fall with the feature, -1: not rise, 0: free
 */
export function findSplit(
  histogram: Float64Array,
  offset: number,
  featureAt: number,
  feature: Feature,
  node: NodeSums,
  direction: number,
  rules: SplitRules,
  best: Split,
): void {
  if (feature.kind === 'category') findCategorySplit(histogram, offset, featureAt, feature.bins, node, rules, best)
  else findNumericSplit(histogram, offset, featureAt, feature.bins, node, direction, rules, best)
}

function findNumericSplit(
  histogram: Float64Array,
  offset: number,
  featureAt: number,
  bins: number,
  node: NodeSums,
  direction: number,
  rules: SplitRules,
  best: Split,
): void {
  const { gradient, hessian, rows, low, high } = node
  const { minRows, minHessian, l2 } = rules
  const bounded = direction !== 0 || low > -Infinity || high < Infinity
  const parent = removed(gradient, hessian, l2, leafOutput(gradient, hessian, l2, low, high)) + rules.minGain
  const missingAt = offset + bins * 3
  const missingRows = histogram[missingAt + 2]!
  for (let pass = 0; pass < (missingRows > 0 ? 2 : 1); pass++) {
    let leftGradient = pass === 1 ? histogram[missingAt]! : 0
    let leftHessian = pass === 1 ? histogram[missingAt + 1]! : 0
    let leftRows = pass === 1 ? missingRows : 0
    // All bins on the left, missing values alone on the right: a split too.
    const last = missingRows > 0 && pass === 0 ? bins : bins - 1
    for (let bin = 0; bin < last; bin++) {
      const at = offset + bin * 3
      const inBin = histogram[at + 2]!
      if (inBin === 0) continue
      leftGradient += histogram[at]!
      leftHessian += histogram[at + 1]!
      leftRows += inBin
      const rightRows = rows - leftRows
      if (leftRows < minRows) continue
      if (rightRows < minRows) break
      const rightHessian = hessian - leftHessian
      if (leftHessian < minHessian || rightHessian < minHessian) continue
      const rightGradient = gradient - leftGradient
      let gain: number
      if (bounded) {
        const left = leafOutput(leftGradient, leftHessian, l2, low, high)
        const right = leafOutput(rightGradient, rightHessian, l2, low, high)
        if (direction * (right - left) < 0) continue
        gain = removed(leftGradient, leftHessian, l2, left) + removed(rightGradient, rightHessian, l2, right) - parent
      } else
        gain =
          (leftGradient * leftGradient) / (leftHessian + l2) +
          (rightGradient * rightGradient) / (rightHessian + l2) -
          parent
      if (gain > best.gain) {
        best.feature = featureAt
        best.gain = gain
        // Only missing values on the right: no value goes there, however large.
        best.bin = pass === 0 && missingRows > 0 && rightRows === missingRows ? bins - 1 : bin
        best.set = null
        best.missingLeft = missingRows > 0 ? pass === 1 : leftRows >= rightRows
        best.leftGradient = leftGradient
        best.leftHessian = leftHessian
        best.leftRows = leftRows
      }
    }
  }
}

/** Categories in order of their mean gradient, cut once: the best of all two-way divisions (Fisher 1958), as LightGBM does. */
function findCategorySplit(
  histogram: Float64Array,
  offset: number,
  featureAt: number,
  bins: number,
  node: NodeSums,
  rules: SplitRules,
  best: Split,
): void {
  const { gradient, hessian, rows, low, high } = node
  const { minRows, minHessian, categorySmoothing } = rules
  const l2 = rules.l2 + rules.categoryL2
  const parent =
    removed(gradient, hessian, rules.l2, leafOutput(gradient, hessian, rules.l2, low, high)) + rules.minGain
  const smoothing = (categorySmoothing * hessian) / Math.max(1, rows)
  const present: number[] = []
  const means: number[] = []
  // The bin after the last category holds missing values: one more category.
  for (let bin = 0; bin <= bins; bin++) {
    const at = offset + bin * 3
    means.push(histogram[at]! / (histogram[at + 1]! + smoothing + 1e-12))
    if (histogram[at + 2]! > 0) present.push(bin)
  }
  if (present.length < 2) return
  present.sort((a, b) => means[a]! - means[b]! || a - b)
  let leftGradient = 0
  let leftHessian = 0
  let leftRows = 0
  let cut = -1
  for (let i = 0; i + 1 < present.length; i++) {
    const at = offset + present[i]! * 3
    leftGradient += histogram[at]!
    leftHessian += histogram[at + 1]!
    leftRows += histogram[at + 2]!
    const rightRows = rows - leftRows
    const rightHessian = hessian - leftHessian
    if (leftRows < minRows || leftHessian < minHessian) continue
    if (rightRows < minRows || rightHessian < minHessian) break
    const rightGradient = gradient - leftGradient
    const left = leafOutput(leftGradient, leftHessian, l2, low, high)
    const right = leafOutput(rightGradient, rightHessian, l2, low, high)
    const gain = removed(leftGradient, leftHessian, l2, left) + removed(rightGradient, rightHessian, l2, right) - parent
    if (gain > best.gain) {
      cut = i
      best.feature = featureAt
      best.gain = gain
      best.bin = 0
      best.leftGradient = leftGradient
      best.leftHessian = leftHessian
      best.leftRows = leftRows
    }
  }
  if (cut < 0) return
  const set = present.slice(0, cut + 1)
  best.set = set.filter((bin) => bin < bins)
  best.missingLeft = histogram[offset + bins * 3 + 2]! > 0 ? set.includes(bins) : best.leftRows * 2 >= rows
}
