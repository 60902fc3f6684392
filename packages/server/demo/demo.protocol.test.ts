import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectAsAdmin, json, startServer, type RunningServer } from '../testing/start-server.ts'

let server: RunningServer
beforeAll(async () => {
  server = await startServer({ env: { GUILDHALL_DEMO: '1' } })
})
afterAll(() => server.stop())

/** Rows by table, of tenants other than the agency. */
async function rowsOfClients(): Promise<Record<string, number>> {
  const admin = await connectAsAdmin(server.dataDir)
  try {
    const tables = await admin.query<{ name: string }>(
      `select table_name as name from information_schema.columns where table_schema = 'public' and column_name = 'tenant_id'`,
    )
    const counts: Record<string, number> = {}
    for (const { name } of tables.rows) {
      const { rows } = await admin.query<{ n: number }>(
        `select count(*)::int as n from "${name}" where tenant_id not in (select id from tenants where kind = 'agency' and demo = false)`,
      )
      if (rows[0] && rows[0].n > 0) counts[name] = rows[0].n
    }
    return counts
  } finally {
    await admin.end()
  }
}

describe('the demo agency', () => {
  it('has three clients with three months behind them', async () => {
    const clients = await json<{ items: { slug: string }[] }>(await server.request('/api/clients'))
    expect(clients.items.map((client) => client.slug).toSorted()).toEqual([
      'beacon-sales',
      'fade-and-blade',
      'lumen-records',
    ])
    for (const { slug } of clients.items) {
      const runs = await json<{ total: number }>(await server.request('/api/runs?limit=1', { client: slug }))
      expect(runs.total).toBeGreaterThan(100)
    }
    expect(Object.keys(await rowsOfClients()).length).toBeGreaterThan(10)
  })

  it('has books: a past month earns, closes without a difference, and stays as it was', async () => {
    const months = await json<{ items: { month: string; mayClose: boolean; entries: number }[] }>(
      await server.request('/api/ledger/months'),
    )
    const past = months.items.find((each) => each.mayClose)
    expect(past?.entries).toBeGreaterThan(100)
    const profit = await json<{ rows: { costMicros: number; priceMicros: number }[]; total: { profitMicros: number } }>(
      await server.request(`/api/ledger/profit?month=${past?.month ?? ''}`),
    )
    expect(profit.rows).toHaveLength(3)
    expect(profit.total.profitMicros).toBeGreaterThan(0)
    const closed = await server.request(`/api/ledger/months/${past?.month ?? ''}/close`, { method: 'POST', body: '{}' })
    expect(closed.status).toBe(200)
    const verified = await json<{ unchanged: boolean }>(
      await server.request(`/api/ledger/months/${past?.month ?? ''}/verification`),
    )
    expect(verified.unchanged).toBe(true)
  })

  it('answers a question from its handbook, with the source, and costs nothing', async () => {
    const agents = await json<{ items: { id: string }[] }>(
      await server.request('/api/agents', { client: 'fade-and-blade' }),
    )
    const chat = await json<{ id: string }>(
      await server.request('/api/chats', {
        method: 'POST',
        body: JSON.stringify({ agentId: agents.items[0]?.id }),
        client: 'fade-and-blade',
      }),
    )
    const ask = async () => {
      const message = {
        id: crypto.randomUUID(),
        role: 'user',
        parts: [{ type: 'text', text: 'What does a skin fade cost?' }],
      }
      const response = await server.request(`/api/chats/${chat.id}/messages`, {
        method: 'POST',
        body: JSON.stringify({ message, trigger: 'submit-message' }),
        client: 'fade-and-blade',
      })
      return response.text()
    }
    await expect
      .poll(ask, { timeout: 30_000, interval: 500 })
      .toMatch(/38 euros[\s\S]*source-document|source-document[\s\S]*38 euros/)
  })

  it('goes without trace, and stays away', async () => {
    const removed = await json<{ clients: string[] }>(await server.request('/api/demo', { method: 'DELETE' }))
    expect(removed.clients).toHaveLength(3)
    expect(await rowsOfClients()).toEqual({})
    const files = join(server.dataDir, 'files')
    const left = existsSync(files)
      ? (await readdir(files, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())
      : []
    expect(left).toEqual([])
    expect(await json(await server.request('/api/demo'))).toEqual({ state: 'removed' })
    expect((await json<{ total: number }>(await server.request('/api/clients'))).total).toBe(0)
  })
})
