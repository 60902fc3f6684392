import { tenants, type Database } from '@guildhall/kernel'
import { and, eq, gte, inArray, isNull, lt, or, sql } from 'drizzle-orm'
import { atCost, priceOf, ruleFor, type MarginRule } from './margin.ts'
import { exactNumber } from './micros.ts'
import { endOf, startOf } from './months.ts'
import { ledgerMonths, marginRules, usageEntries } from './schema.ts'
import { usageBy } from './usage-by.ts'

/** Profit and loss of one client in one month, USD micro-units. */
export interface Profit {
  tenantId: string
  calls: number
  tokensIn: number
  tokensOut: number
  costMicros: number
  /** What the client pays. Null for the agency's own use, which nobody pays. */
  priceMicros: number | null
  profitMicros: number
  /** Calls without a known price: above 0 cost and price are "at least", and the profit is not certain. */
  unpriced: number
  rule: Pick<MarginRule, 'multiplierPermille' | 'fixedMicros' | 'includedMicros'> | null
  closed: boolean
}

/** @param agencyId whose rules apply; its own use is a cost without a price */
export async function profitOf(
  db: Database,
  { month, agencyId, tenantIds }: { month: string; agencyId: string; tenantIds: readonly string[] },
): Promise<Profit[]> {
  const [groups, sums, rules, closed, present] = await Promise.all([
    usageBy(db, { groupBy: 'client', period: { month }, tenantIds }),
    exactCosts(db, month, tenantIds),
    db.select().from(marginRules).where(eq(marginRules.tenantId, agencyId)),
    db
      .select({ tenantId: ledgerMonths.tenantId, unpriced: ledgerMonths.unpriced })
      .from(ledgerMonths)
      .where(and(eq(ledgerMonths.month, month), inArray(ledgerMonths.tenantId, [...tenantIds]))),
    // Nobody pays for a month before they came, or after they left.
    db
      .select({ id: tenants.id })
      .from(tenants)
      .where(
        and(
          inArray(tenants.id, [...tenantIds]),
          lt(tenants.createdAt, endOf(month)),
          or(isNull(tenants.archivedAt), gte(tenants.archivedAt, startOf(month))),
        ),
      ),
  ])
  const usage = new Map(groups.map((group) => [group.key, group]))
  const atClosing = new Map(closed.map((row) => [row.tenantId, row]))
  const counted = new Set([...present.map((row) => row.id), ...sums.keys()])
  return tenantIds
    .filter((id) => counted.has(id))
    .map((tenantId): Profit => {
      const used = usage.get(tenantId)
      const cost = sums.get(tenantId) ?? 0n
      const rule = tenantId === agencyId ? null : ruleFor(rules, tenantId, startOf(month))
      const price = tenantId === agencyId ? null : priceOf(cost, rule ?? atCost)
      return {
        tenantId,
        calls: used?.calls ?? 0,
        tokensIn: used?.tokensIn ?? 0,
        tokensOut: used?.tokensOut ?? 0,
        costMicros: exactNumber(cost),
        priceMicros: price === null ? null : exactNumber(price),
        profitMicros: exactNumber((price ?? 0n) - cost),
        unpriced: atClosing.get(tenantId)?.unpriced ?? used?.unpriced ?? 0,
        rule: rule && {
          multiplierPermille: rule.multiplierPermille,
          fixedMicros: rule.fixedMicros,
          includedMicros: rule.includedMicros,
        },
        closed: atClosing.has(tenantId),
      }
    })
}

async function exactCosts(db: Database, month: string, tenantIds: readonly string[]): Promise<Map<string, bigint>> {
  const rows = await db
    .select({
      tenantId: usageEntries.tenantId,
      cost: sql<string>`coalesce(sum(${usageEntries.costMicros}), 0)::text`,
    })
    .from(usageEntries)
    .where(and(eq(usageEntries.month, month), inArray(usageEntries.tenantId, [...tenantIds])))
    .groupBy(usageEntries.tenantId)
  return new Map(rows.map((row) => [row.tenantId, BigInt(row.cost)]))
}
