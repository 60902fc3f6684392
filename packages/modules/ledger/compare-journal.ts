import type { Database } from '@guildhall/kernel'
import { sql } from 'drizzle-orm'
import type { Journal, JournalPeriod } from './journal.ts'
import { exactNumber } from './micros.ts'
import { endOf, monthOf, startOf } from './months.ts'
import { usageEntries } from './schema.ts'

interface Totals {
  calls: number
  costMicros: number
  unpriced: number
  tokensIn: number
  tokensOut: number
}

/** A run of which the ledger and the journal say different things. */
interface RunDifference {
  runId: string
  ledger: Totals
  journal: Totals
}

export interface Comparison {
  ledger: Totals
  journal: Totals
  /** How many runs differ. */
  differing: number
  /** The first of them. */
  differences: RunDifference[]
}

const listed = 50

interface Row extends Record<string, unknown> {
  run_id: string | null
  differing: string
  l: Sums
  j: Sums
}
type Sums = Record<(typeof columns)[number], string | number>

const columns = ['attempts', 'cost_micros', 'unpriced', 'tokens_in', 'tokens_out'] as const

/** The sums of one side as one JSON object, in text so that no figure is rounded. */
const figures = (side: 'l' | 'j') =>
  sql.raw(
    `jsonb_build_object(${columns.map((name) => `'${name}', coalesce(sum(${side}.${name}), 0)::text`).join(', ')})`,
  )

const same = sql.raw(columns.map((name) => `coalesce(l.${name}, 0) = coalesce(j.${name}, 0)`).join(' and '))

/** Compares each run of a period: what the ledger has booked for its calls, and what its attempts say. */
async function compareJournal(db: Database, journal: Journal, period: JournalPeriod): Promise<Comparison> {
  const booked = sql`
    select run_id, count(*) as attempts, coalesce(sum(cost_micros), 0) as cost_micros,
      count(*) filter (where cost_micros is null) as unpriced,
      coalesce(sum(tokens_in), 0) as tokens_in, coalesce(sum(tokens_out), 0) as tokens_out
    from ${usageEntries}
    where tenant_id = ${period.tenantId} and entry = 'usage'
      and occurred_at >= ${period.from.toISOString()}::timestamptz and occurred_at < ${period.to.toISOString()}::timestamptz
    group by run_id`
  const both = sql`(${booked}) l full outer join (${journal.journalTotals(period)}) j on j.run_id = l.run_id`
  const { rows } = await db.execute<Row>(sql`
    (select null::text as run_id, count(*) filter (where not (${same}))::text as differing,
      ${figures('l')} as l, ${figures('j')} as j from ${both})
    union all
    (select coalesce(l.run_id, j.run_id)::text, '0', ${figures('l')}, ${figures('j')} from ${both}
      where not (${same}) group by 1 order by 1 limit ${listed})`)
  const total = rows.find((row) => row.run_id === null)
  if (!total) throw new Error('The comparison of ledger and journal gave no total')
  return {
    ledger: totalsOf(total.l),
    journal: totalsOf(total.j),
    differing: Number(total.differing),
    differences: rows.flatMap((row) =>
      row.run_id === null ? [] : [{ runId: row.run_id, ledger: totalsOf(row.l), journal: totalsOf(row.j) }],
    ),
  }
}

function totalsOf(sums: Sums): Totals {
  const figure = (name: keyof Sums) => exactNumber(String(sums[name]))
  return {
    calls: figure('attempts'),
    costMicros: figure('cost_micros'),
    unpriced: figure('unpriced'),
    tokensIn: figure('tokens_in'),
    tokensOut: figure('tokens_out'),
  }
}

/**
 * The comparison for a month: of the calls made in it, and of earlier ones that count in it because their own month was
 * closed when they were booked.
 */
export async function compareMonth(
  db: Database,
  journal: Journal,
  { tenantId, month }: { tenantId: string; month: string },
): Promise<Comparison> {
  const { rows } = await db.execute<{ earliest: Date | string | null }>(
    sql`select min(occurred_at) as earliest from ${usageEntries} where tenant_id = ${tenantId} and month = ${month}`,
  )
  const earliest = rows[0]?.earliest
  const first = earliest ? startOf(monthOf(new Date(earliest))) : startOf(month)
  const from = first < startOf(month) ? first : startOf(month)
  return compareJournal(db, journal, { tenantId, from, to: endOf(month) })
}
