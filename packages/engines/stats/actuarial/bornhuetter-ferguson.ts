import { z } from 'zod'
import { checkInput, provenanceOf, type Provenance } from '../../contract/index.ts'
import { developedShares, developmentFactors, reserveOf, totalOf, type OriginReserve } from './chain-ladder.ts'
import { checkTriangle, type Triangle } from './triangle.ts'

/**
 * Bornhuetter & Ferguson (1972): what is not yet known is expected as planned, whatever is known so far.
 * @param expected ultimate claims planned per origin: premium times expected loss ratio, in the triangle's currency
 */
export function bornhuetterFerguson(
  triangle: Triangle,
  expected: readonly number[],
): { developed: number[]; origins: OriginReserve[]; total: OriginReserve; provenance: Provenance } {
  const { origins, rows } = checkTriangle(triangle)
  const planned = checkInput(z.array(z.number().min(0)).length(origins.length), [...expected], 'expected')
  const developed = developedShares(developmentFactors(rows))
  const reserves = rows.map((row, i) => {
    const latest = row.at(-1) ?? 0
    const share = developed[row.length - 1] ?? 1
    return reserveOf(origins[i] ?? '', latest, latest + (planned[i] ?? 0) * (1 - share))
  })
  return {
    developed,
    origins: reserves,
    total: totalOf(reserves),
    provenance: provenanceOf('stats/bornhuetter-ferguson', '1', 1, [triangle, expected]),
  }
}

/**
 * Cape Cod (Stanard 1985; Bühlmann): the expected loss ratio from the triangle itself, then Bornhuetter-Ferguson.
 * @param premiums exposure per origin, in the triangle's currency
 */
export function capeCod(triangle: Triangle, premiums: readonly number[]) {
  const { rows, origins } = checkTriangle(triangle)
  const exposure = checkInput(z.array(z.number().positive()).length(origins.length), [...premiums], 'premiums')
  const developed = developedShares(developmentFactors(rows))
  let [known, used] = [0, 0]
  for (const [i, row] of rows.entries()) {
    known += row.at(-1) ?? 0
    used += (exposure[i] ?? 0) * (developed[row.length - 1] ?? 1)
  }
  const lossRatio = known / used
  return {
    lossRatio,
    ...bornhuetterFerguson(
      triangle,
      exposure.map((each) => each * lossRatio),
    ),
  }
}
