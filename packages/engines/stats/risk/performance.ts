import { z } from 'zod'
import { checkInput, EngineInputError, provenanceOf, type Provenance, type Warning } from '../../contract/index.ts'
import { findRoot } from '../../numerics/index.ts'

export const Valuation = z.object({
  value: z.number().min(0).describe('Value at the end of the period, after its flow'),
  flow: z.number().default(0).describe('Paid in (positive) or taken out (negative) at the end of the period'),
})

/**
 * Time-weighted return: what the manager did, whatever was paid in or out (GIPS 2020, 2.A.23).
 * @param start value at the beginning
 * @returns over all periods, and per period
 */
export function timeWeightedReturn(
  start: number,
  periods: readonly z.input<typeof Valuation>[],
): { total: number; perPeriod: number[]; provenance: Provenance } {
  let before = checkInput(z.number().positive(), start, 'start')
  const checked = checkInput(z.array(Valuation).min(1), [...periods], 'periods')
  const perPeriod = checked.map(({ value, flow }, row) => {
    if (!(before > 0))
      throw new EngineInputError('out-of-range', [
        { field: 'value', row: row - 1, message: 'is 0; nothing can return from nothing: split the history there' },
      ])
    if (value < flow)
      throw new EngineInputError('out-of-range', [
        {
          field: 'flow',
          row,
          message: `is more than the value of ${String(value)} after it: the portfolio would have been worth less than nothing`,
        },
      ])
    const growth = (value - flow) / before - 1
    before = value
    return growth
  })
  const total = perPeriod.reduce((product, each) => product * (1 + each), 1) - 1
  return { total, perPeriod, provenance: provenanceOf('stats/time-weighted-return', '1', 1, [start, periods]) }
}

export const CashFlow = z.object({
  date: z.iso.date().describe('YYYY-MM-DD'),
  amount: z.number().describe('Paid in negative, received positive; the final value as received on the last day'),
})

/**
 * Money-weighted return: the yearly rate at which all flows are worth nothing today (internal rate of return, years of
 * 365 days).
 */
export function moneyWeightedReturn(flows: readonly z.input<typeof CashFlow>[]): {
  yearly: number
  provenance: Provenance
} {
  const checked = checkInput(z.array(CashFlow).min(2), [...flows], 'flows')
  const days = checked.map(({ date }) => Date.parse(`${date}T00:00:00Z`) / 86_400_000)
  const first = Math.min(...days)
  const worth = (logGrowth: number) =>
    checked.reduce((sum, { amount }, i) => sum + amount * Math.exp((-logGrowth * ((days[i] ?? 0) - first)) / 365), 0)
  if (new Set(days).size === 1)
    throw new EngineInputError('constant', [{ field: 'date', row: null, message: 'is the same for all flows' }])
  const signs = new Set(checked.map(({ amount }) => Math.sign(amount)))
  if (!signs.has(1) || !signs.has(-1))
    throw new EngineInputError('out-of-range', [
      { field: 'amount', row: null, message: 'needs money paid in (negative) and received (positive)' },
    ])
  // The root nearest to no growth: widen until it is between.
  for (let width = 0.1; width <= 60; width *= 1.3) {
    const root = findRoot(worth, -width, width)
    if (root !== null) {
      const warnings = changesOfSign(checked) > 1 ? [severalRates] : []
      const provenance = provenanceOf('stats/money-weighted-return', '1', 1, [flows], warnings)
      return { yearly: Math.expm1(root), provenance }
    }
  }
  throw new EngineInputError('out-of-range', [
    { field: 'amount', row: null, message: 'no single rate explains these flows: they change sign more than once' },
  ])
}

const severalRates: Warning = {
  code: 'several-rates',
  message:
    'Money goes in and out in turn, so that more than one rate may explain the flows; this is the one nearest to 0.',
}

/** Of the sum of all flows so far: with one change there is one rate (Norstrøm 1972). */
function changesOfSign(flows: readonly z.output<typeof CashFlow>[]): number {
  const byDate = flows.toSorted((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0))
  let [sum, sign, changes] = [0, 0, 0]
  for (const { amount } of byDate) {
    sum += amount
    if (Math.sign(sum) === 0 || Math.sign(sum) === sign) continue
    if (sign !== 0) changes++
    sign = Math.sign(sum)
  }
  return changes
}
