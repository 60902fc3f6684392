import { EngineInputError, provenanceOf, type Provenance } from '../../contract/index.ts'
import { checkTriangle, type Triangle } from './triangle.ts'

export interface OriginReserve {
  origin: string
  /** Claims known so far. */
  latest: number
  /** Claims expected in the end. */
  ultimate: number
  /** ultimate - latest */
  reserve: number
}

export interface ChainLadder {
  /** From one development period to the next, volume-weighted. */
  factors: number[]
  /** Share of the ultimate that is known after each development period. */
  developed: number[]
  origins: OriginReserve[]
  total: OriginReserve
  provenance: Provenance
}

/** The chain-ladder method with volume-weighted factors and no tail. */
export function chainLadder(triangle: Triangle): ChainLadder {
  const { origins, rows } = checkTriangle(triangle)
  const factors = developmentFactors(rows)
  const developed = developedShares(factors)
  const reserves = rows.map((row, i) => {
    const latest = row.at(-1) ?? 0
    return reserveOf(origins[i] ?? '', latest, latest / (developed[row.length - 1] ?? 1))
  })
  return {
    factors,
    developed,
    origins: reserves,
    total: totalOf(reserves),
    provenance: provenanceOf('stats/chain-ladder', '1', 1, [triangle]),
  }
}

/** @throws EngineInputError when all claims of a development period are zero, or become zero */
export function developmentFactors(rows: readonly (readonly number[])[]): number[] {
  const periods = rows[0]?.length ?? 0
  return Array.from({ length: periods - 1 }, (_, k) => {
    let [before, after] = [0, 0]
    for (const row of rows) {
      if (row.length < k + 2) continue
      before += row[k] ?? 0
      after += row[k + 1] ?? 0
    }
    if (!(before > 0))
      throw new EngineInputError('out-of-range', [
        {
          field: 'cumulative',
          row: null,
          message: `is zero for all origins at development ${String(k)}: nothing follows from it`,
        },
      ])
    if (!(after > 0))
      throw new EngineInputError('out-of-range', [
        {
          field: 'cumulative',
          row: null,
          message: `falls to zero for all origins at development ${String(k + 1)}: no share of the claims is ever known`,
        },
      ])
    return after / before
  })
}

export function developedShares(factors: readonly number[]): number[] {
  const shares = [1]
  for (const factor of factors.toReversed()) shares.unshift((shares[0] ?? 1) / factor)
  return shares
}

export const reserveOf = (origin: string, latest: number, ultimate: number): OriginReserve => ({
  origin,
  latest,
  ultimate,
  reserve: ultimate - latest,
})

export function totalOf(reserves: readonly OriginReserve[]): OriginReserve {
  const sum = (of: (reserve: OriginReserve) => number) => reserves.reduce((total, each) => total + of(each), 0)
  return reserveOf(
    'total',
    sum((each) => each.latest),
    sum((each) => each.ultimate),
  )
}
