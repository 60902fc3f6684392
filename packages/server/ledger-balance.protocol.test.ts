import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectAsAdmin, json, startServer, type RunningServer } from './testing/start-server.ts'

interface Counted {
  calls: number
  input: number
  output: number
  /** Calls that it answered whole or to the last part, so that it has said what was used. */
  told: number
}

/** A provider that keeps its own books: what it has told its callers that they used. */
interface Provider {
  slug: string
  url: string
  books: Counted
  /** Answers nothing any more. */
  down: boolean
  stop(): Promise<void>
}

const usd = { one: { input: 2, output: 8 }, two: { input: 0.5, output: 1.5 } } as const

/**
 * Answers by the words of the question: `flaky` fails the first time, `cut` breaks off after some words, `down` never
 * answers. Each answer has a length, and with it a usage, of its own.
 */
async function startProvider(slug: string): Promise<Provider> {
  const books: Counted = { calls: 0, input: 0, output: 0, told: 0 }
  const seen = new Set<string>()
  const tell = (question: string, output: number) => {
    const input = 50 + ((question.length * 7) % 200)
    books.told++
    books.input += input
    books.output += output
    return { prompt_tokens: input, completion_tokens: output, total_tokens: input + output }
  }
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      books.calls++
      const asked: { stream?: boolean; input?: string[]; messages?: { content: unknown }[] } = JSON.parse(body)
      if (request.url?.endsWith('/embeddings')) {
        const data = (asked.input ?? []).map((_, index) => ({ object: 'embedding', index, embedding: [0.6, 0.8] }))
        const { prompt_tokens, total_tokens } = tell(body, 0)
        return sendJson(response, { object: 'list', data, model: 'm', usage: { prompt_tokens, total_tokens } })
      }
      const question = JSON.stringify(asked.messages?.at(-1)?.content)
      const first = !seen.has(question)
      seen.add(question)
      if (provider.down || question.includes('down') || (question.includes('flaky') && first && slug === 'one'))
        return void response.writeHead(503).end('{"error":{"message":"overloaded"}}')
      const words = ['The ', 'answer ', 'is ', String(question.length), '.']
      const usage = () => tell(question, 5 + (question.length % 13))
      if (!asked.stream) {
        const message = { role: 'assistant', content: words.join('') }
        return sendJson(response, {
          id: 'c',
          object: 'chat.completion',
          created: 1,
          model: 'm',
          choices: [{ index: 0, message, finish_reason: 'stop' }],
          usage: usage(),
        })
      }
      void sendStream(response, words, question.includes('cut') ? null : usage())
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const provider: Provider = {
    slug,
    url: `http://127.0.0.1:${String(port)}`,
    books,
    down: false,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return provider
}

function sendJson(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

/** @param usage null = the connection breaks before the end, and nobody is told what was used */
async function sendStream(response: ServerResponse, words: readonly string[], usage: object | null): Promise<void> {
  const event = (choices: unknown[], more: object = {}) =>
    response.write(
      `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices, ...more })}\n\n`,
    )
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  for (const content of words) {
    event([{ index: 0, delta: { content }, finish_reason: null }])
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  if (usage === null) return void response.destroy()
  event([{ index: 0, delta: {}, finish_reason: 'stop' }])
  event([], { usage })
  response.end('data: [DONE]\n\n')
}

const client = 'books'
let server: RunningServer
let providers: [Provider, Provider]
let admin: pg.Client
beforeAll(async () => {
  providers = await Promise.all([startProvider('one'), startProvider('two')])
  server = await startServer({
    env: { GUILDHALL_PRIVATE_HOSTS: providers.map((provider) => new URL(provider.url).host).join(',') },
  })
  admin = await connectAsAdmin(server.dataDir)
  await change('POST', '/api/clients', { name: 'Books', slug: client })
  for (const { slug, url } of providers) {
    const models = ['local-chat', 'local-embed']
    await change(
      'PUT',
      '/api/providers/openai-compatible',
      { slug, baseUrl: `${url}/v1`, models, apiKey: 'sk-x-1234' },
      client,
    )
  }
  for (const [provider, prices] of Object.entries(usd))
    await change('POST', '/api/ledger/prices', { provider, model: '*', prices })
  const targets = [
    { provider: 'one', model: 'local-chat', rank: 1 },
    { provider: 'two', model: 'local-chat', rank: 2 },
  ]
  await change('POST', '/api/provider-routes', { alias: 'month', targets, rules: { cacheSeconds: 3600 } }, client)
})
afterAll(async () => {
  await admin?.end()
  await server?.stop()
  for (const provider of providers ?? []) await provider.stop()
})

async function change(method: string, path: string, body: unknown, at?: string): Promise<unknown> {
  const response = await server.request(path, { method, body: JSON.stringify(body), ...(at ? { client: at } : {}) })
  if (!response.ok) throw new Error(`${path}: ${await response.text()}`)
  return response.json()
}

/** @returns status of the answer; a stream is read to whatever end it has */
async function ask(model: string, question: string, stream = false): Promise<number> {
  const response = await server.request('/v1/chat/completions', {
    method: 'POST',
    client,
    body: JSON.stringify({ model, stream, messages: [{ role: 'user', content: question }] }),
  })
  await response.text().catch(() => undefined)
  return response.status
}

interface Sums {
  calls: number
  tokens_in: number
  tokens_out: number
  cost: number
}

async function sumsOf(table: 'usage_entries' | 'run_attempts', provider: string, estimated: boolean): Promise<Sums> {
  const mark = table === 'usage_entries' ? 'estimated' : 'tokens_estimated'
  const { rows } = await admin.query<Sums>(
    `select count(*)::int as calls, coalesce(sum(tokens_in), 0)::int as tokens_in,
       coalesce(sum(tokens_out), 0)::int as tokens_out, coalesce(sum(cost_micros), 0)::float8 as cost
     from ${table} where provider = $1 and ${mark} = $2 and source = 'fresh'`,
    [provider, estimated],
  )
  if (!rows[0]) throw new Error('a sum has one row')
  return rows[0]
}

const total = async (table: string) =>
  (
    await admin.query<{ n: number; micros: string }>(
      `select count(*)::int as n, sum(cost_micros)::text as micros from ${table}`,
    )
  ).rows[0]

describe('a mixed month of calls', () => {
  it('of every kind is made', async () => {
    const outcomes: Record<string, number[]> = {}
    const note = async (kind: string, asked: Promise<number>) => void (outcomes[kind] ??= []).push(await asked)
    for (let n = 0; n < 8; n++) {
      await note('plain', ask('month', `plain ${'x'.repeat(n)}`))
      await note('stream', ask('month', `stream ${'y'.repeat(n)}`, true))
      await note('by name', ask('two/local-chat', `named ${'z'.repeat(n)}`, n % 2 === 0))
      await note('again', ask('month', `plain ${'x'.repeat(n)}`))
      if (n % 4 === 1) await note('flaky', ask('month', `flaky ${String(n)}`, n === 1))
      if (n % 4 === 2) await note('cut', ask('two/local-chat', `cut ${String(n)}`, true))
    }
    await Promise.all(
      Array.from({ length: 20 }, (_, n) => note('at once', ask('month', `parallel ${String(n)}`, n % 2 === 0))),
    )
    for (let n = 0; n < 3; n++) {
      const body = JSON.stringify({ model: 'one/local-embed', input: ['one text', `text ${String(n)}`] })
      const response = await server.request('/v1/embeddings', { method: 'POST', client, body })
      outcomes['embedding'] = [...(outcomes['embedding'] ?? []), response.status]
    }
    for (const provider of providers) provider.down = true
    await note('remembered', ask('month', 'plain '))
    await note('down', ask('month', 'down for good'))
    for (const kind of ['plain', 'stream', 'by name', 'again', 'flaky', 'at once', 'embedding', 'remembered'])
      expect([kind, new Set(outcomes[kind])]).toEqual([kind, new Set([200])])
    expect(outcomes['down']).not.toEqual([200])
  })

  it('costs in the ledger what the runs say, entry by entry', async () => {
    const open = async () => (await admin.query(`select 1 from runs where status = 'running'`)).rowCount
    await expect.poll(open, { timeout: 20_000 }).toBe(0)
    expect(await total('usage_entries')).toEqual(await total('run_attempts'))
    const { rows } = await admin.query(
      `select a.id from run_attempts a full outer join usage_entries e on e.id = a.id
       where a.id is null or e.id is null or a.cost_micros is distinct from e.cost_micros
         or coalesce(a.tokens_in, 0) <> e.tokens_in or coalesce(a.tokens_out, 0) <> e.tokens_out or a.run_id <> e.run_id`,
    )
    expect(rows).toEqual([])
    const { rows: kinds } = await admin.query<{ kind: string; source: string; outcome: string }>(
      'select distinct kind, source, outcome from usage_entries',
    )
    const has = (part: Partial<(typeof kinds)[number]>) =>
      kinds.some((row) =>
        Object.entries(part).every(([key, value]) => Object.entries(row).some(([k, v]) => k === key && v === value)),
      )
    for (const part of [{ kind: 'embedding' }, { source: 'cached' }, { outcome: 'failed' }, { outcome: 'ok' }])
      expect([part, has(part)]).toEqual([part, true])
  })

  it('is what the providers themselves have counted, to the micro-unit', async () => {
    for (const { slug, books } of providers) {
      const { input, output } = slug === 'one' ? usd.one : usd.two
      const told = await sumsOf('usage_entries', slug, false)
      expect({ slug, tokens_in: told.tokens_in, tokens_out: told.tokens_out }).toEqual({
        slug,
        tokens_in: books.input,
        tokens_out: books.output,
      })
      // One rounding per call, at most half a micro-unit each; with prices of 2 and 8 there is none.
      const exact = books.input * input + books.output * output
      if (slug === 'one') expect(told.cost).toBe(exact)
      else expect(Math.abs(told.cost - exact)).toBeLessThanOrEqual(books.told / 2)
    }
  })

  it('charges what broke off by an estimate, and says so', async () => {
    const cut = await admin.query<{ estimated: boolean; tokens_out: number; cost_micros: string | null }>(
      `select estimated, tokens_out, cost_micros from usage_entries where provider = 'two' and outcome in ('failed', 'interrupted') and tokens_out > 0`,
    )
    expect(cut.rows).toHaveLength(2)
    for (const row of cut.rows) {
      expect(row.estimated).toBe(true)
      expect(Number(row.cost_micros)).toBeGreaterThan(0)
    }
  })

  it('closes without a difference once it is over', async () => {
    const summed = await total('usage_entries')
    const month = await lookBack()
    const closed = await json<{ tenants: { client: { slug: string } | null; entries: number; costMicros: number }[] }>(
      await server.request(`/api/ledger/months/${month}/close`, { method: 'POST', body: '{}' }),
    )
    expect(closed.tenants.find((each) => each.client?.slug === client)).toMatchObject({
      entries: summed?.n,
      costMicros: Number(summed?.micros),
    })
    expect(await json(await server.request(`/api/ledger/months/${month}/verification`))).toMatchObject({
      unchanged: true,
    })
  })
})

/** Moves all that happened to the middle of the month before: nobody waits for the end of a month in a test. */
async function lookBack(): Promise<string> {
  const now = new Date()
  const start = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 15))
  const month = start.toISOString().slice(0, 7)
  const moved = `date_trunc('day', $1::timestamptz) + (clock_timestamp() - now())`
  await admin.query('begin')
  await admin.query(`update usage_entries set occurred_at = ${moved}, month = $2`, [start, month])
  await admin.query(`update run_attempts a set started_at = e.occurred_at from usage_entries e where e.id = a.id`)
  await admin.query('commit')
  return month
}
