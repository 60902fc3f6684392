import { divideRounded } from './micros.ts'

/** What a client pays for its usage from some month on. */
export interface MarginRule {
  id: string
  /** Null = every client without a rule of its own. */
  clientId: string | null
  /** First moment of the first month. */
  validFrom: Date
  /** Parts per thousand of the cost: 1500 = cost and half again. */
  multiplierPermille: number
  /** USD micro-units per month, whatever is used. */
  fixedMicros: number
  /** Cost in USD micro-units per month that the fixed price includes. */
  includedMicros: number
}

/** Without a rule a client pays what its usage costs. */
export const atCost = { multiplierPermille: 1000, fixedMicros: 0, includedMicros: 0 }

/** The rule of a client for a month: its own before the one for all, of those the latest that began by the month's first moment. */
export function ruleFor(rules: readonly MarginRule[], clientId: string, monthStart: Date): MarginRule | null {
  const begun = rules
    .filter((rule) => rule.validFrom <= monthStart)
    .toSorted((a, b) => b.validFrom.getTime() - a.validFrom.getTime())
  return begun.find((rule) => rule.clientId === clientId) ?? begun.find((rule) => rule.clientId === null) ?? null
}

/**
 * fixed + (cost - included, at least 0) * multiplier, in USD micro-units: exact but for one rounding at the end, half away
 * from zero. Corrections can make the cost of a month negative: what is given back is given back with its margin.
 */
export function priceOf(
  cost: bigint,
  rule: Pick<MarginRule, 'multiplierPermille' | 'fixedMicros' | 'includedMicros'>,
): bigint {
  const included = BigInt(rule.includedMicros)
  const charged = cost < 0n ? cost : cost > included ? cost - included : 0n
  return BigInt(rule.fixedMicros) + divideRounded(charged * BigInt(rule.multiplierPermille), 1000n)
}
