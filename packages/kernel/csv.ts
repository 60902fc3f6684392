/** First characters that spreadsheets take as the beginning of a formula (OWASP, CSV Injection). */
const formula = /^[=+\-@\t\r\n|%]/

type CsvCell = string | number | boolean | Date | null | undefined

/**
 * One line of CSV (RFC 4180). Words that a spreadsheet would run as a formula get an apostrophe before them: the people
 * who read an export are not those who chose the names in it. A moment is ISO 8601; null and undefined are an empty cell.
 */
export function csvLine(cells: readonly CsvCell[]): string {
  return `${cells.map(cellOf).join(',')}\r\n`
}

function cellOf(cell: CsvCell): string {
  if (cell === null || cell === undefined) return ''
  if (cell instanceof Date) return cell.toISOString()
  if (typeof cell !== 'string') return String(cell)
  const safe = formula.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** An export: what its columns are called and hold, and how a page of its rows is read. */
export interface CsvExport<Row> {
  /** Without `.csv`. */
  fileName: string
  columns: Readonly<Record<string, (row: Row) => CsvCell>>
  /** Each page in a transaction of its own: an export of any length holds neither memory nor a connection. */
  read: (cursor: string | undefined) => Promise<{ items: readonly Row[]; nextCursor: string | null }>
}

/** Streams an export page by page: the next page is read when its reader wants more, none after they have left. */
export function csvPages<Row>({ fileName, columns, read }: CsvExport<Row>): Response {
  const encoder = new TextEncoder()
  const cells = Object.values(columns)
  async function* pages(): AsyncGenerator<Uint8Array> {
    yield encoder.encode(csvLine(Object.keys(columns)))
    let cursor: string | undefined
    do {
      const { items, nextCursor } = await read(cursor)
      const lines = items.map((row) => csvLine(cells.map((cell) => cell(row))))
      if (lines.length > 0) yield encoder.encode(lines.join(''))
      cursor = nextCursor ?? undefined
    } while (cursor !== undefined)
  }
  return new Response(ReadableStream.from(pages()), {
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="${fileName}.csv"`,
      'cache-control': 'no-store',
    },
  })
}
