import { invalidInput, type TransactionContext } from '@guildhall/kernel'
import type { CollectionDefinition } from '@guildhall/modules/projects'
import { and, sql, type SQL } from 'drizzle-orm'
import { comparable, conditions, matchesText } from './conditions.ts'
import { asInputProblem } from './data-exception.ts'
import { ofCollection } from './list-records.ts'
import { isMoment, kindOf, memberOf } from './member-kind.ts'
import type { AggregateGroup, AggregateRequest } from './record-store.ts'
import { records } from './schema.ts'

/** More than any chart can show; above it the request is refused rather than cut. */
const mostGroups = 2000

/** Counts and sums in the database; a chart never needs the records themselves. */
export async function aggregateRecords(
  ctx: TransactionContext,
  definition: CollectionDefinition,
  request: AggregateRequest,
): Promise<AggregateGroup[]> {
  const group = groupExpression(definition, request, request.groupBy, 'groupBy')
  const series = groupExpression(definition, { ...request, bucket: undefined }, request.splitBy, 'splitBy')
  const value = measureExpression(definition, request.measure)
  const where = and(ofCollection(ctx, request), conditions(definition, request.where, 'where'), matchesText(request.q))
  try {
    const found = await ctx.db.execute<{ key: unknown; series: unknown; value: number | null; count: number }>(sql`
      select to_jsonb(k.key) as key, to_jsonb(s.series) as series, (${value})::float8 as value, count(*)::int as count
      from ${records}
      cross join lateral ${group ?? sql`(select null::text)`} as k(key)
      cross join lateral ${series ?? sql`(select null::text)`} as s(series)
      where ${where}
      group by k.key, s.series
      order by k.key nulls last, s.series nulls last
      limit ${mostGroups + 1}`)
    if (found.rows.length > mostGroups)
      throw invalidInput([
        {
          field: 'groupBy',
          message: `gives more than ${String(mostGroups)} groups; narrow it with where, or choose a larger bucket`,
        },
      ])
    return found.rows.map((row) => ({
      key: scalarOf(row.key),
      series: scalarOf(row.series),
      value: row.value,
      count: row.count,
    }))
  } catch (error) {
    throw asInputProblem(error)
  }
}

function scalarOf(value: unknown): AggregateGroup['key'] {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null
}

/** A subquery that gives the group of a record, or its groups when the member is a list. */
function groupExpression(
  definition: CollectionDefinition,
  { bucket, timeZone }: { bucket?: AggregateRequest['bucket'] | undefined; timeZone?: string | undefined },
  name: string | undefined,
  field: string,
): SQL | undefined {
  if (name === undefined) return undefined
  const member = isMoment(name) ? undefined : memberOf(definition, name)
  if (member && kindOf(member) === 'list')
    return sql`(select element from jsonb_array_elements_text(case when jsonb_typeof(${records.data}->${name}::text) = 'array' then ${records.data}->${name}::text else '[]' end) as element)`
  const { kind, value } = comparable(definition, name, field)
  if (kind === 'date' || kind === 'date-time' || kind === 'moment')
    return sql`(select ${bucketOf(kind, value, bucket ?? 'day', kind === 'date' ? 'UTC' : (timeZone ?? 'UTC'))})`
  if (bucket !== undefined) throw invalidInput([{ field: 'bucket', message: `is for dates; ${name} is none` }])
  return sql`(select ${value})`
}

/** First day of the bucket as text. Days in UTC are the beginning of what is stored, which spares a cast per record. */
function bucketOf(
  kind: 'date' | 'date-time' | 'moment',
  value: SQL,
  bucket: NonNullable<AggregateRequest['bucket']>,
  timeZone: string,
): SQL {
  if (kind !== 'moment' && timeZone === 'UTC' && bucket === 'day') return sql`left(${value}, 10)`
  if (kind !== 'moment' && timeZone === 'UTC' && bucket === 'month') return sql`left(${value}, 7) || '-01'`
  // Text of another form can only be there until the records are indexed for a changed schema.
  const checked =
    kind === 'moment' ? value : sql`(case when ${value} like '____-__-__%' then ${value} end)::timestamptz`
  const local = sql`(${checked} at time zone ${timeZone})`
  return sql`to_char(date_trunc(${sql.raw(`'${bucket}'`)}, ${local}), 'YYYY-MM-DD')`
}

function measureExpression(definition: CollectionDefinition, measure: AggregateRequest['measure']): SQL {
  const { function: name, member } = measure
  if (name === 'count' && member === undefined) return sql`count(*)`
  if (member === undefined)
    throw invalidInput([{ field: 'measure.member', message: `is missing; ${name} needs a member that is a number` }])
  const { kind, value } = comparable(definition, member, 'measure.member')
  if (name === 'count') return sql`count(${value})`
  if (kind !== 'number')
    throw invalidInput([{ field: 'measure.member', message: `must be a number; ${member} is ${kind}` }])
  return sql`${sql.raw(name)}(${value})`
}
