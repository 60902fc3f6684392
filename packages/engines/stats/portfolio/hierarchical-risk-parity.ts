import { z } from 'zod'
import { checkInput, EngineInputError } from '../../contract/index.ts'
import { checkMarket, portfolioOf, type CheckedMarket, type Market, type Portfolio } from './market.ts'

/**
 * Hierarchical risk parity (López de Prado 2016): assets are put in the order of a single-linkage tree of their
 * correlations, and risk is halved down that order. No matrix is inverted, so it stays calm where assets are alike.
 * @param correlation `[asset][asset]`, when it was not computed from the same periods as the covariance
 */
export function hierarchicalRiskParity(market: Market, correlation?: readonly (readonly number[])[]): Portfolio {
  const checked = checkMarket(market)
  const order = leafOrder(distances(checked, correlation))
  const weights = new Float64Array(checked.n).fill(1)
  const halve = (cluster: readonly number[]): void => {
    if (cluster.length < 2) return
    const half = Math.floor(cluster.length / 2)
    const [left, right] = [cluster.slice(0, half), cluster.slice(half)]
    const [leftRisk, rightRisk] = [clusterVariance(checked, left), clusterVariance(checked, right)]
    const share = 1 - leftRisk / (leftRisk + rightRisk)
    for (const i of left) weights[i] = (weights[i] ?? 0) * share
    for (const i of right) weights[i] = (weights[i] ?? 0) * (1 - share)
    halve(left)
    halve(right)
  }
  halve(order)
  return portfolioOf('hierarchical-risk-parity', [market, correlation], checked, weights)
}

/** sqrt((1 - correlation) / 2), `[asset][asset]`. */
function distances(
  { n, covariance }: CheckedMarket,
  correlation: readonly (readonly number[])[] | undefined,
): number[][] {
  const given =
    correlation &&
    checkInput(
      z.array(
        z.array(
          z
            .number()
            .min(-1 - 1e-9)
            .max(1 + 1e-9),
        ),
      ),
      correlation.map((line) => [...line]),
    )
  if (given && (given.length !== n || given.some((line) => line.length !== n)))
    throw new EngineInputError('wrong-length', [
      { field: 'correlation', row: null, message: `needs ${String(n)} rows of ${String(n)} values` },
    ])
  const of = (i: number, j: number) =>
    given?.[i]?.[j] ??
    (covariance[i * n + j] ?? 0) / Math.sqrt((covariance[i * n + i] ?? 1) * (covariance[j * n + j] ?? 1))
  return Array.from({ length: n }, (_, i) =>
    Array.from({ length: n }, (_, j) => (i === j ? 0 : Math.sqrt(Math.max(0, 1 - of(i, j)) / 2))),
  )
}

/** Leaves of the single-linkage tree from left to right; the older cluster of a pair goes left. */
function leafOrder(distance: readonly (readonly number[])[]): number[] {
  let clusters = distance.map((_, i) => ({ age: i, leaves: [i] }))
  for (let age = distance.length; clusters.length > 1; age++) {
    let best = { gap: Infinity, left: clusters[0], right: clusters[0] }
    for (const left of clusters)
      for (const right of clusters) {
        if (left.age >= right.age) continue
        let gap = Infinity
        for (const i of left.leaves) for (const j of right.leaves) gap = Math.min(gap, distance[i]?.[j] ?? Infinity)
        if (gap < best.gap) best = { gap, left, right }
      }
    const { left, right } = best
    if (!left || !right || left === right) break
    clusters = clusters.filter((each) => each !== left && each !== right)
    clusters.push({ age, leaves: [...left.leaves, ...right.leaves] })
  }
  return clusters[0]?.leaves ?? []
}

/** Variance of a cluster held in proportion to 1 / variance. */
function clusterVariance({ n, covariance }: CheckedMarket, cluster: readonly number[]): number {
  let total = 0
  for (const i of cluster) total += 1 / (covariance[i * n + i] ?? 1)
  let variance = 0
  for (const i of cluster)
    for (const j of cluster)
      variance +=
        (covariance[i * n + j] ?? 0) / ((covariance[i * n + i] ?? 1) * (covariance[j * n + j] ?? 1) * total * total)
  return variance
}
