import { getTableColumns, getTableName, sql, type SQL } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import type { Database } from './connection.ts'

/**
 * Inserts many rows as one JSON parameter: the database takes a JSON apart faster than a statement with thousands of
 * parameters is written, and the statement is the same for any number of rows. For what is written in bulk behind
 * answers; a few rows are inserted as everywhere.
 *
 * Columns that no row names get their default. What the database cannot hold in a text (U+0000, half of a surrogate pair)
 * becomes U+FFFD.
 *
 * @param onConflict what follows `on conflict`; default `do nothing`
 * @throws where a row leaves out a column that must not be null and that another row names
 */
export async function insertRows<T extends PgTable>(
  db: Database,
  table: T,
  rows: readonly T['$inferInsert'][],
  onConflict: SQL = sql`do nothing`,
): Promise<void> {
  if (rows.length === 0) return
  const named = columnsIn(table, rows)
  const names = sql.join(
    named.map(({ name }) => sql.identifier(name)),
    sql`, `,
  )
  const into = sql.identifier(getTableName(table))
  await db.execute(
    sql`insert into ${into} (${names}) select ${names} from json_populate_recordset(null::${into}, ${rowsText(named, rows)}::json) on conflict ${onConflict}`,
  )
}

interface NamedColumn {
  property: string
  name: string
}

function columnsIn(table: PgTable, rows: readonly object[]): NamedColumn[] {
  const counts = new Map<string, number>()
  for (const row of rows as readonly Record<string, unknown>[])
    for (const property in row) if (row[property] !== undefined) counts.set(property, (counts.get(property) ?? 0) + 1)
  return Object.entries(getTableColumns(table)).flatMap(([property, column]) => {
    const count = counts.get(property)
    if (count === undefined) return []
    if (column.notNull && count < rows.length)
      throw new Error(`Rows of ${getTableName(table)} leave out ${column.name}, which other rows name`)
    return [{ property, name: column.name }]
  })
}

function rowsText(columns: readonly NamedColumn[], rows: readonly object[]): string {
  const named = (rows as readonly Record<string, unknown>[]).map((row) => {
    const values: Record<string, unknown> = {}
    for (const { property, name } of columns) {
      const value = row[property]
      values[name] = value instanceof Uint8Array ? `\\x${Buffer.from(value).toString('hex')}` : value
    }
    return values
  })
  const text = JSON.stringify(named)
  return unholdable.test(text) ? JSON.stringify(named, holdable) : text
}

/** As JSON writes it: control characters and halves of pairs are the only ones that it escapes by number. */
const unholdable = /\\u(0000|d[89a-f])/

function holdable(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? value.toWellFormed().replaceAll('\u0000', '\uFFFD') : value
}
