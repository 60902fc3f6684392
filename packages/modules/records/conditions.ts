import { invalidInput, isId, type FieldProblem } from '@guildhall/kernel'
import type { CollectionDefinition } from '@guildhall/modules/projects'
import { and, eq, or, sql, type SQL } from 'drizzle-orm'
import { isMoment, kindOf, memberOf, type MemberKind } from './member-kind.ts'
import type { RecordConditions, RecordFilter } from './record-store.ts'
import { scalarLength } from './scalars.ts'
import { records } from './schema.ts'
import { searchQuery } from './search-words.ts'

/** Something that records can be compared by: a moment of their own or a top-level member that is a scalar. */
export interface Comparable {
  /** `moment` is a timestamp of the record itself; a `date-time` of its data is text in UTC. */
  kind: Exclude<MemberKind, 'list' | 'object'> | 'moment'
  /** Typed value; null where the record has none. */
  value: SQL
  nullable: boolean
}

/** @throws Problem 400 naming `field` when there is no such member or it cannot be compared. */
export function comparable(definition: CollectionDefinition, name: string, field: string): Comparable {
  if (isMoment(name)) return { kind: 'moment', value: sql`${records[name]}`, nullable: false }
  const member = memberOf(definition, name)
  if (!member)
    throw invalidInput([{ field, message: `must name a member of ${definition.title}: ${memberNames(definition)}` }])
  const kind = kindOf(member)
  if (kind === 'list' || kind === 'object')
    throw invalidInput([{ field, message: `${name} is ${kind === 'list' ? 'a list' : 'an object'} and has no order` }])
  return { kind, value: scalar(name, kind), nullable: true }
}

function memberNames(definition: CollectionDefinition): string {
  return [...Object.keys(definition.schema.properties), 'createdAt', 'updatedAt'].join(', ')
}

function scalar(name: string, kind: MemberKind): SQL {
  const written = sql`(${records.scalars}->>${name}::text)`
  // Digits in a fixed order need no alphabet, and comparing bytes is several times faster.
  if (kind === 'date' || kind === 'date-time') return sql`(${written} collate "C")`
  if (kind !== 'number' && kind !== 'boolean') return written
  // Guarded: after a schema has changed, and until the records are indexed anew, the member may be of another type.
  const type = sql.raw(kind === 'number' ? 'numeric' : 'boolean')
  return sql`(case when jsonb_typeof(${records.scalars}->${name}::text) = ${sql.raw(`'${kind}'`)} then ${written}::${type} end)`
}

/** The conditions of a query as SQL. @throws Problem 400 naming each wrong one below `field`. */
export function conditions(
  definition: CollectionDefinition,
  where: RecordConditions | undefined,
  field: string,
): SQL | undefined {
  const problems: FieldProblem[] = []
  const parts: (SQL | undefined)[] = []
  for (const [name, filter] of Object.entries(where ?? {})) {
    const at = `${field}.${name}`
    if (name === 'id') parts.push(idCondition(filter, at, problems))
    else if (!isMoment(name) && kindOfMember(definition, name) === 'list')
      parts.push(listCondition(name, filter, at, problems))
    else parts.push(scalarCondition(definition, name, filter, at, problems))
  }
  if (problems.length > 0) throw invalidInput(problems)
  return and(...parts)
}

/** Full-text condition; nothing is found by a text without any letter or digit. */
export function matchesText(q: string | undefined): SQL | undefined {
  if (q === undefined || q.trim() === '') return undefined
  const query = searchQuery(q)
  return query === null ? sql`false` : sql`${records.search} @@ to_tsquery('simple', ${query})`
}

function kindOfMember(definition: CollectionDefinition, name: string): MemberKind | undefined {
  const member = memberOf(definition, name)
  return member && kindOf(member)
}

function idCondition(filter: RecordFilter, at: string, problems: FieldProblem[]): SQL | undefined {
  const ids = filter.in ?? (filter.eq === undefined ? [] : [filter.eq])
  if (ids.length > 0 && ids.every((id) => typeof id === 'string' && isId(id)))
    return or(...ids.map((id) => eq(records.id, String(id))))
  problems.push({ field: at, message: 'takes eq or in with ids' })
  return undefined
}

function listCondition(name: string, filter: RecordFilter, at: string, problems: FieldProblem[]): SQL | undefined {
  const wanted =
    filter.in ?? (filter.eq === undefined ? (filter.contains === undefined ? [] : [filter.contains]) : [filter.eq])
  if (wanted.length > 0 && wanted.every((value) => value !== null && typeof value !== 'object'))
    return or(...wanted.map((value) => sql`${records.data}->${name}::text @> ${JSON.stringify([value])}::jsonb`))
  problems.push({ field: at, message: 'is a list: eq, in and contains take values that it holds' })
  return undefined
}

function scalarCondition(
  definition: CollectionDefinition,
  name: string,
  filter: RecordFilter,
  at: string,
  problems: FieldProblem[],
): SQL | undefined {
  const target = comparable(definition, name, at)
  const typed = (value: unknown, operator: string): SQL | undefined => {
    const literal = literalOf(value, target.kind)
    if (literal) return literal
    problems.push({ field: `${at}.${operator}`, message: `must be ${expected[target.kind]}` })
    return undefined
  }
  const equals = (value: unknown, operator: string): SQL | undefined => {
    if (value === null) return sql`${target.value} is null`
    const literal = typed(value, operator)
    if (!literal) return undefined
    const long = target.kind === 'text' && typeof value === 'string' && value.length >= scalarLength
    return long ? sql`${records.data}->>${name}::text = ${value}` : sql`${target.value} = ${literal}`
  }
  const parts: (SQL | undefined)[] = []
  if (filter.eq !== undefined) parts.push(equals(filter.eq, 'eq'))
  if (filter.in !== undefined)
    parts.push(filter.in.length === 0 ? sql`false` : or(...filter.in.map((value) => equals(value, 'in'))))
  if (filter.gte !== undefined) parts.push(compare(target.value, '>=', typed(filter.gte, 'gte')))
  if (filter.lte !== undefined) parts.push(compare(target.value, '<=', typed(filter.lte, 'lte')))
  if (filter.contains !== undefined) {
    if (target.kind === 'text')
      parts.push(
        sql`${records.data}->>${name}::text ilike ${`%${filter.contains.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`}`,
      )
    else problems.push({ field: `${at}.contains`, message: 'is for text and lists' })
  }
  return and(...parts)
}

function compare(left: SQL, operator: '>=' | '<=', right: SQL | undefined): SQL | undefined {
  return right && sql`${left} ${sql.raw(operator)} ${right}`
}

const expected: Record<Comparable['kind'], string> = {
  text: 'text',
  number: 'a number',
  boolean: 'true or false',
  date: 'a date, YYYY-MM-DD',
  'date-time': 'a moment, for instance 2026-01-31T12:00:00Z, or a date',
  moment: 'a moment, for instance 2026-01-31T12:00:00Z, or a date',
}

/** A value as SQL of the member's type; undefined when it is not of that type. */
function literalOf(value: unknown, kind: Comparable['kind']): SQL | undefined {
  if (kind === 'number')
    return typeof value === 'number' && Number.isFinite(value) ? sql`${String(value)}::numeric` : undefined
  if (kind === 'boolean') return typeof value === 'boolean' ? sql`${value}::boolean` : undefined
  if (typeof value !== 'string') return undefined
  if (kind === 'text') return sql`${value}::text`
  const day = /^\d{4}-\d{2}-\d{2}/.test(value) ? new Date(value) : new Date(Number.NaN)
  if (Number.isNaN(day.getTime())) return undefined
  if (kind === 'date') return sql`${value.slice(0, 10)}::text`
  return kind === 'moment' ? sql`${day.toISOString()}::timestamptz` : sql`${day.toISOString()}::text`
}
