import { auditEvents, csvLine, endpoint, fieldProblems, invalidInput, type Context } from '@guildhall/kernel'
import { and, asc, gt } from 'drizzle-orm'
import { z } from 'zod'
import { auditFilters, auditWhere } from '../filters.ts'

const Query = z.object({ ...auditFilters, format: z.enum(['csv', 'json']).default('csv') })
type Event = typeof auditEvents.$inferSelect

const columns = [
  'at',
  'action',
  'outcome',
  'actorType',
  'actorId',
  'actorName',
  'targets',
  'metadata',
  'requestId',
  'id',
]
const rowsPerRead = 1000

/** The whole trail that fits the filters, oldest first, streamed: memory does not grow with its length. */
export const exportAudit = endpoint({
  name: 'audit.export',
  summary: 'The audit trail as CSV or JSON',
  route: 'GET /api/audit/export',
  permission: 'audit:admin',
  tenant: 'any',
  response: { contentType: 'text/csv' },
  run(request, ctx) {
    const parsed = Query.safeParse(Object.fromEntries(new URL(request.url).searchParams))
    if (!parsed.success) throw invalidInput(fieldProblems(parsed.error))
    const { format, ...filters } = parsed.data
    const lines = format === 'csv' ? csvLines(ctx, filters) : jsonLines(ctx, filters)
    const body = ReadableStream.from(encoded(lines))
    const name = `audit-${ctx.tenant.slug}-${ctx.now().toISOString().slice(0, 10)}.${format}`
    return Promise.resolve(
      new Response(body, {
        headers: {
          'content-type': format === 'csv' ? 'text/csv; charset=utf-8; header=present' : 'application/json',
          'content-disposition': `attachment; filename="${name}"`,
          'cache-control': 'no-store',
        },
      }),
    )
  },
})

type Filters = Omit<z.output<typeof Query>, 'format'>

/** A short transaction per thousand rows: none is held while the client reads slowly. */
async function* eventsOf(ctx: Context, filters: Filters): AsyncGenerator<Event> {
  let after: string | null = null
  for (;;) {
    const where = and(auditWhere(ctx.tenant.id, filters), after === null ? undefined : gt(auditEvents.id, after))
    const rows: Event[] = await ctx.transaction(
      ({ db }) => db.select().from(auditEvents).where(where).orderBy(asc(auditEvents.id)).limit(rowsPerRead),
      { readOnly: true },
    )
    yield* rows
    const last = rows.at(-1)
    if (!last || rows.length < rowsPerRead) return
    after = last.id
  }
}

async function* csvLines(ctx: Context, filters: Filters): AsyncGenerator<string> {
  yield csvLine(columns)
  for await (const event of eventsOf(ctx, filters))
    yield csvLine([
      event.at.toISOString(),
      event.action,
      event.outcome,
      event.actorType,
      event.actorId,
      event.actorName,
      event.targets.map((target) => `${target.type}:${target.id}${target.name ? ` (${target.name})` : ''}`).join('; '),
      Object.keys(event.metadata).length > 0 ? JSON.stringify(event.metadata) : '',
      event.requestId,
      event.id,
    ])
}

async function* jsonLines(ctx: Context, filters: Filters): AsyncGenerator<string> {
  let separator = '[\n'
  for await (const { tenantId: _tenant, ...event } of eventsOf(ctx, filters)) {
    yield separator + JSON.stringify(event)
    separator = ',\n'
  }
  yield separator === '[\n' ? '[]\n' : '\n]\n'
}

async function* encoded(lines: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder()
  for await (const line of lines) yield encoder.encode(line)
}
