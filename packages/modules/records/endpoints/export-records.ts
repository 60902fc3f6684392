import { endpoint, invalidInput, isId, notFound, type Context } from '@guildhall/kernel'
import type { CollectionDefinition } from '@guildhall/modules/projects'
import { cellOf, csvLine } from '../csv.ts'
import { parseFilter } from '../record-output.ts'
import type { RecordQuery, StoredRecord } from '../record-store.ts'

const batchRows = 1000

export const exportRecords = endpoint({
  name: 'records.export',
  summary: 'Download the records of a collection as CSV or JSON (`format`), narrowed by `filter` and `q`',
  route: 'GET /api/projects/{projectId}/collections/{collection}/export',
  permission: 'records:read',
  response: { contentType: 'text/csv' },
  async run(request, ctx, { projectId = '', collection = '' }) {
    const parameters = new URL(request.url).searchParams
    const format = parameters.get('format') ?? 'csv'
    if (format !== 'csv' && format !== 'json') throw invalidInput([{ field: 'format', message: 'must be csv or json' }])
    if (!isId(projectId)) throw notFound('project', projectId)
    const where = parseFilter(parameters.get('filter') ?? undefined)
    const q = parameters.get('q')
    const definition = await ctx.transaction((tx) => tx.services.collections.collection(tx, projectId, collection), {
      readOnly: true,
    })
    const query = { projectId, collection, ...(where ? { where } : {}), ...(q === null ? {} : { q }) }
    const batches = readAll(ctx, query)
    // The first batch is read before the answer begins, so that a wrong filter still gets its status.
    const first = await batches.next()
    const parts = format === 'csv' ? csvParts(definition, first, batches) : jsonParts(first, batches)
    return new Response(ReadableStream.from(encoded(parts)), {
      headers: {
        'content-type': format === 'csv' ? 'text/csv; charset=utf-8' : 'application/json',
        'content-disposition': `attachment; filename="${definition.key.replaceAll(/[^\w-]/g, '_')}.${format}"`,
        'cache-control': 'no-store',
      },
    })
  },
})

type Batches = AsyncGenerator<StoredRecord[], void>

/** In the order of creation; a short transaction per batch, so that a slow reader holds nothing. */
async function* readAll(ctx: Context, query: RecordQuery): Batches {
  let request: RecordQuery = { ...query, sort: 'createdAt', limit: batchRows }
  for (;;) {
    const current = request
    const page = await ctx.transaction((tx) => tx.services.records.list(tx, current), { readOnly: true })
    yield page.items
    if (page.nextCursor === null) return
    request = { ...request, cursor: page.nextCursor }
  }
}

interface Column {
  heading: string
  value(record: StoredRecord): unknown
}

/** The members between what each record has; a member of such a name takes its place. */
function columnsOf(definition: CollectionDefinition): Column[] {
  const { properties } = definition.schema
  const members = Object.keys(properties).map((name): Column => ({
    heading: name,
    value: (record) => record.data[name],
  }))
  const id: Column = { heading: 'id', value: (record) => record.id }
  const moments: Column[] = [
    { heading: 'createdAt', value: (record) => record.createdAt.toISOString() },
    { heading: 'updatedAt', value: (record) => record.updatedAt.toISOString() },
  ]
  const isFree = ({ heading }: Column) => !Object.hasOwn(properties, heading)
  return [...[id].filter(isFree), ...members, ...moments.filter(isFree)]
}

async function* csvParts(
  definition: CollectionDefinition,
  first: IteratorResult<StoredRecord[], void>,
  rest: Batches,
): AsyncGenerator<string> {
  const columns = columnsOf(definition)
  const lines = (batch: StoredRecord[]) =>
    batch.map((record) => csvLine(columns.map((column) => cellOf(column.value(record))))).join('')
  // Spreadsheets read UTF-8 only with a byte order mark.
  yield `\uFEFF${csvLine(columns.map((column) => column.heading))}`
  if (first.done) return
  yield lines(first.value)
  for await (const batch of rest) yield lines(batch)
}

async function* jsonParts(first: IteratorResult<StoredRecord[], void>, rest: Batches): AsyncGenerator<string> {
  let separator = '[\n'
  const lines = (batch: StoredRecord[]) =>
    batch
      .map(({ id, version, data, createdAt, updatedAt }) => {
        const text = `${separator}${JSON.stringify({ id, version, data, createdAt, updatedAt })}`
        separator = ',\n'
        return text
      })
      .join('')
  if (!first.done) {
    yield lines(first.value)
    for await (const batch of rest) yield lines(batch)
  }
  yield separator === '[\n' ? '[]\n' : '\n]\n'
}

async function* encoded(parts: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder()
  for await (const part of parts) if (part !== '') yield encoder.encode(part)
}
