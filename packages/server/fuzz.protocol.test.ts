import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { connectAsAdmin, json, startServer, type RunningServer } from './testing/start-server.ts'

/**
 * Every operation and endpoint of the OpenAPI document with inputs that nobody should send. A refusal is a 4xx
 * problem; what is accepted must be because it is valid. No input may ever give a 5xx, and no id of one client may
 * answer anything to another.
 */
interface Target {
  method: string
  path: string
  name: string
  parameters: { name: string; in: string; schema?: Schema }[]
  body: Schema | null
  contentType: string | null
}
type Schema = {
  type?: string | string[]
  properties?: Record<string, Schema>
  required?: string[]
  enum?: unknown[]
  anyOf?: Schema[]
  items?: Schema
  format?: string
}

/** Depends on the outside by design and says so with 424, 502 or 503. */
const honest = new Set([424, 501, 502, 503])

let server: RunningServer
let targets: Target[]
beforeAll(async () => {
  server = await startServer({ env: { GUILDHALL_DEMO: '1' } })
  await furnish('beacon-sales')
  const document = await json<{
    paths: Record<
      string,
      Record<
        string,
        {
          operationId: string
          parameters?: Target['parameters']
          requestBody?: { content: Record<string, { schema: Schema }> }
        }
      >
    >
  }>(await server.request('/openapi.json'))
  targets = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => {
      const [contentType = null] = Object.keys(operation.requestBody?.content ?? {})
      return {
        method: method.toUpperCase(),
        path,
        name: operation.operationId,
        parameters: operation.parameters ?? [],
        body: contentType === 'application/json' ? (operation.requestBody?.content[contentType]?.schema ?? null) : null,
        contentType,
      }
    }),
  )
}, 120_000)
afterAll(() => server.stop())

const strings = [
  '',
  ' ',
  'x'.repeat(100_000),
  '\u0000',
  '\ud800',
  "'; drop table tenants; --",
  '../../../etc/passwd',
  '%00%2e%2e',
  '{{7*7}}',
  '<script>alert(1)</script>',
  '🦔'.repeat(500),
  '-1',
  'null',
]
const values: unknown[] = [
  null,
  true,
  -1,
  0,
  1.5,
  1e308,
  Number.MAX_SAFE_INTEGER,
  [],
  [[]],
  {},
  { toJSON: 1 },
  { __proto__: null, constructor: { prototype: {} } },
  ...strings,
]

const unknownId = '0199a000-0000-7000-8000-00000000dead'

async function send(
  target: Target,
  fill: (name: string, schema: Schema | undefined) => unknown,
  options: { raw?: string; client?: string } = {},
): Promise<Response> {
  const query = new URLSearchParams()
  let path = target.path
  for (const parameter of target.parameters) {
    const value = fill(parameter.name, parameter.schema)
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    if (parameter.in === 'path')
      path = path.replace(`{${parameter.name}}`, encodeURIComponent(wellFormed(text).slice(0, 2000)) || '%20')
    else if (parameter.in === 'query') query.set(parameter.name, wellFormed(text).slice(0, 4000))
  }
  const body =
    options.raw ??
    (target.body
      ? JSON.stringify(
          Object.fromEntries(
            Object.entries(target.body.properties ?? {}).map(([name, schema]) => [name, fill(name, schema)]),
          ),
        )
      : undefined)
  return server.request(`${path}${query.size > 0 ? `?${query.toString()}` : ''}`, {
    method: target.method,
    ...(body === undefined || target.method === 'GET' ? {} : { body }),
    ...(target.contentType && target.contentType !== 'application/json'
      ? { headers: { 'content-type': target.contentType } }
      : {}),
    ...(options.client ? { client: options.client } : {}),
    signal: AbortSignal.timeout(20_000),
  })
}

/** Lone surrogates cannot be written in a URL. */
function wellFormed(text: string): string {
  return text.toWellFormed()
}

async function judge(target: Target, what: string, response: Response): Promise<string[]> {
  const type = response.headers.get('content-type') ?? ''
  if (response.status >= 500 && !honest.has(response.status))
    return [`${target.name} ${what}: ${String(response.status)} ${(await response.text()).slice(0, 300)}`]
  // 431 comes from the HTTP parser: a URL or headers above 16 KiB never reach the application.
  if (response.status >= 400 && response.status !== 431 && !type.includes('json'))
    return [`${target.name} ${what}: ${String(response.status)} as ${type}`]
  await response.body?.cancel()
  return []
}

/** Ends the server's own state, or streams for ever: tried by their own tests. */
const left = new Set(['demo.remove', 'clients.erase'])

describe('no input makes a server error', () => {
  it('in any operation, with the wrong type, size or text in every field', async () => {
    const findings: string[] = []
    for (const target of targets.filter((each) => !left.has(each.name)))
      for (const value of values) {
        const client =
          target.parameters.some((parameter) => parameter.name === 'x-guildhall-client') && findings.length % 2 === 0
            ? 'beacon-sales'
            : undefined
        const response = await send(target, () => value, client ? { client } : {})
        findings.push(...(await judge(target, `with ${JSON.stringify(value)?.slice(0, 40)}`, response)))
      }
    expect(findings).toEqual([])
  }, 600_000)

  it('in any operation, with a body that is not JSON or not an object', async () => {
    const findings: string[] = []
    for (const target of targets.filter((each) => each.method !== 'GET' && !left.has(each.name)))
      for (const raw of [
        '{',
        '[]',
        '"text"',
        'null',
        '{"a":1}{"b":2}',
        '\u0000',
        `{"a":${'['.repeat(2000)}${']'.repeat(2000)}}`,
        '{"__proto__":{"role":"owner"}}',
      ]) {
        const response = await send(target, () => unknownId, { raw })
        findings.push(...(await judge(target, `with body ${raw.slice(0, 20)}`, response)))
      }
    expect(findings).toEqual([])
  }, 600_000)
})

describe('what belongs to one client', () => {
  // First: the ids that the next test sends stand in the audit trail of their sender afterwards.
  it('is in no list of another', async () => {
    const { secrets } = await everyIdOf('beacon-sales')
    const findings: string[] = []
    for (const target of targets.filter(
      (each) => each.method === 'GET' && !each.path.includes('{') && each.path.startsWith('/api/'),
    )) {
      const text = await (
        await send(target, (name, schema) => plausible(name, schema), { client: 'fade-and-blade' })
      ).text()
      const seen = secrets.find((secret) => text.includes(secret))
      if (seen) findings.push(`${target.name} lists ${seen}`)
    }
    expect(findings).toEqual([])
  })

  it('answers nothing to another, whatever id is sent', async () => {
    const { ids, secrets } = await everyIdOf('beacon-sales')
    expect(ids.size).toBeGreaterThan(14)
    const findings: string[] = []
    const withIds = targets.filter(
      (target) => !left.has(target.name) && target.parameters.some((parameter) => parameter.in === 'path'),
    )
    for (const target of withIds)
      for (const [table, id] of ids) {
        const response = await send(
          target,
          (name, schema) => (/id$/i.test(name) || schema?.format === 'uuid' ? id : plausible(name, schema)),
          { client: 'fade-and-blade' },
        )
        const text = await response.text()
        if (response.status < 300) {
          if (secrets.some((secret) => text.includes(secret)))
            findings.push(`${target.name} with an id of ${table} shows another client's rows`)
          else if (target.method !== 'GET')
            findings.push(
              `${target.name} with an id of ${table} answered ${String(response.status)}: ${text.slice(0, 120)}`,
            )
        } else if (response.status >= 500 && !honest.has(response.status))
          findings.push(`${target.name} with an id of ${table}: ${String(response.status)}`)
      }
    expect(findings).toEqual([])
  }, 600_000)
})

/** Rows of kinds that the demo does not make, so that there is an id of each to try. */
async function furnish(client: string): Promise<void> {
  const post = async (path: string, body: unknown) => {
    const response = await server.request(path, { method: 'POST', body: JSON.stringify(body), client })
    if (!response.ok) throw new Error(`${path}: ${String(response.status)} ${await response.text()}`)
    return json<{ id: string }>(response)
  }
  const ready = async () =>
    (await json<{ items: { sample: { state: string } }[] }>(await server.request('/api/projects', { client }))).items[0]
      ?.sample.state === 'ready'
  await vi.waitUntil(ready, { timeout: 60_000, interval: 250 })
  const agents = await json<{ items: { id: string }[] }>(await server.request('/api/agents', { client }))
  const chat = await post('/api/chats', { agentId: agents.items[0]?.id })
  const message = {
    id: 'm1',
    role: 'user',
    parts: [{ type: 'text', text: 'How do I answer that it is too expensive?' }],
  }
  const answer = await server.request(`/api/chats/${chat.id}/messages`, {
    method: 'POST',
    body: JSON.stringify({ message, trigger: 'submit-message' }),
    client,
  })
  await answer.text()
  await post('/api/api-keys', { name: 'Reporting', role: 'viewer' })
  await post('/api/invitations', { email: 'new@example.test', role: 'member' })
  const uploaded = await server.request('/api/files?name=note.txt&bucket=documents', {
    method: 'POST',
    body: 'A note.',
    headers: { 'content-type': 'text/plain' },
    client,
  })
  if (!uploaded.ok) throw new Error(await uploaded.text())
  const connected = await server.request('/api/providers/openai', {
    method: 'PUT',
    body: JSON.stringify({ apiKey: 'sk-not-a-real-key-0000' }),
    client,
  })
  if (!connected.ok) throw new Error(await connected.text())
}

function plausible(name: string, schema: Schema | undefined): unknown {
  if (schema?.enum?.length) return schema.enum[0]
  if (schema?.anyOf?.[0]) return plausible(name, schema.anyOf[0])
  if (name === 'limit') return 50
  const type = Array.isArray(schema?.type) ? schema.type[0] : schema?.type
  if (type === 'integer' || type === 'number') return 1
  if (type === 'boolean') return false
  if (type === 'array') return []
  if (type === 'object') return {}
  return name === 'cursor' ? '' : 'x'
}

/** One id from each table of a client, and ids that would give its rows away. */
async function everyIdOf(slug: string): Promise<{ ids: Map<string, string>; secrets: string[] }> {
  const client = await connectAsAdmin(server.dataDir)
  try {
    const tenant = await client.query<{ id: string }>('select id from tenants where slug = $1', [slug])
    const id = tenant.rows[0]?.id ?? ''
    const { rows } = await client.query<{ name: string }>(
      `select c.table_name as name from information_schema.columns c join information_schema.columns t using (table_schema, table_name)
       where c.table_schema = 'public' and c.column_name = 'id' and t.column_name = 'tenant_id'`,
    )
    const ids = new Map<string, string>()
    const secrets: string[] = []
    for (const { name } of rows) {
      const found = await client.query<{ id: string }>(`select id from "${name}" where tenant_id = $1 limit 5`, [id])
      if (found.rows[0]) ids.set(name, String(found.rows[0].id))
      secrets.push(...found.rows.map((row) => String(row.id)))
    }
    return { ids, secrets }
  } finally {
    await client.end()
  }
}
