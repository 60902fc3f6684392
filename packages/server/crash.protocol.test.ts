import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { json, killDatabase, startServer, type RunningServer } from './testing/start-server.ts'

/** Everything the product has acknowledged survives SIGKILL of the server, and of the database, at any moment. */
let dataDir: string
const apiKey = `gh_${randomBytes(24).toString('base64url')}`
const start = () => startServer({ dataDir, env: { GUILDHALL_INIT_API_KEY: apiKey } })

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'guildhall-crash-'))
})
afterAll(() => rm(dataDir, { recursive: true, force: true }))

const post = (server: RunningServer, path: string, body: unknown, client?: string) =>
  server.request(path, { method: 'POST', body: JSON.stringify(body), ...(client ? { client } : {}) })

async function listAll(
  server: RunningServer,
  path: string,
  client: string,
): Promise<{ id: string; title?: string; name?: string }[]> {
  const items: { id: string }[] = []
  let cursor = ''
  do {
    const page = await json<{ items: { id: string }[]; nextCursor: string | null }>(
      await server.request(`${path}?limit=200${cursor ? `&cursor=${cursor}` : ''}`, { client }),
    )
    items.push(...page.items)
    cursor = page.nextCursor ?? ''
  } while (cursor)
  return items
}

/** Writes as fast as it is answered until the other side is gone; returns what was acknowledged. */
async function writeUntilGone(
  write: (n: number) => Promise<Response>,
  acknowledged: string[],
  stopAt: AbortSignal,
): Promise<void> {
  for (let n = 0; !stopAt.aborted; n++) {
    try {
      const response = await write(n)
      if (response.status === 201 || response.status === 200)
        acknowledged.push((await json<{ id: string }>(response)).id)
      else await response.body?.cancel()
    } catch {
      return
    }
  }
}

describe('SIGKILL in the middle of writes', () => {
  it('of the server loses nothing that was acknowledged, and the next start is clean', async () => {
    let server = await start()
    expect((await post(server, '/api/clients', { name: 'Alpha', slug: 'alpha' })).status).toBe(201)
    const { id: agentId } = await json<{ id: string }>(await post(server, '/api/agents', { name: 'Clerk' }, 'alpha'))
    const chats: string[] = []
    const files: string[] = []
    const gone = new AbortController()
    const work = [
      ...[1, 2, 3, 4].map((worker) =>
        writeUntilGone(
          (n) => post(server, '/api/chats', { agentId, draft: true, title: `${String(worker)}-${String(n)}` }, 'alpha'),
          chats,
          gone.signal,
        ),
      ),
      ...[1, 2].map((worker) =>
        writeUntilGone(
          (n) =>
            server.request(`/api/files?name=note-${String(worker)}-${String(n)}.txt&bucket=documents`, {
              method: 'POST',
              body: `note ${randomUUID()}\n`.repeat(5000),
              headers: { 'content-type': 'text/plain' },
              client: 'alpha',
            }),
          files,
          gone.signal,
        ),
      ),
    ]
    await new Promise((resolve) => setTimeout(resolve, 2500))
    await server.kill()
    gone.abort()
    await Promise.all(work)
    expect(chats.length).toBeGreaterThan(20)
    expect(files.length).toBeGreaterThan(5)

    server = await start()
    const keptChats = new Set((await listAll(server, '/api/chats', 'alpha')).map((row) => row.id))
    expect(chats.filter((id) => !keptChats.has(id))).toEqual([])
    for (const id of files) {
      const response = await server.request(`/api/files/${id}/content`, { client: 'alpha' })
      expect(response.status).toBe(200)
      expect((await response.text()).startsWith('note ')).toBe(true)
    }
    expect(await leftovers(join(dataDir, 'files'))).toEqual([])
    await server.stop()
  })

  it('of the database loses nothing that was acknowledged, and the server goes on by itself', async () => {
    const server = await start()
    const { items } = await json<{ items: { id: string }[] }>(await server.request('/api/agents', { client: 'alpha' }))
    const agentId = items[0]?.id ?? ''
    const chats: string[] = []
    const gone = new AbortController()
    const writers = [1, 2, 3, 4].map((worker) =>
      writeUntilGone(
        (n) =>
          post(server, '/api/chats', { agentId, draft: true, title: `db-${String(worker)}-${String(n)}` }, 'alpha'),
        chats,
        gone.signal,
      ),
    )
    await new Promise((resolve) => setTimeout(resolve, 1500))
    await killDatabase(dataDir)
    await expect
      .poll(async () => (await server.request('/api/chats?limit=1', { client: 'alpha' })).status, { timeout: 30_000 })
      .toBe(200)
    const before = chats.length
    await expect.poll(() => chats.length, { timeout: 10_000 }).toBeGreaterThan(before)
    gone.abort()
    await Promise.all(writers)
    const kept = new Set((await listAll(server, '/api/chats', 'alpha')).map((row) => row.id))
    expect(chats.filter((id) => !kept.has(id))).toEqual([])
    await server.stop()
  })

  it('while an answer streams keeps the question, and shows the answer as interrupted', async () => {
    let server = await start()
    const { items } = await json<{ items: { id: string }[] }>(await server.request('/api/agents', { client: 'alpha' }))
    const chat = await json<{ id: string }>(
      await post(server, '/api/chats', { agentId: items[0]?.id, draft: true }, 'alpha'),
    )
    const message = { id: randomUUID(), role: 'user', parts: [{ type: 'text', text: 'What is in the handbook?' }] }
    const response = await post(
      server,
      `/api/chats/${chat.id}/messages`,
      { message, trigger: 'submit-message' },
      'alpha',
    )
    // The head of the answer says that the question is stored.
    expect(response.status).toBe(200)
    await server.kill()
    server = await start()
    const kept = await json<{ messages: { role: string; parts: { text?: string }[] }[] }>(
      await server.request(`/api/chats/${chat.id}`, { client: 'alpha' }),
    )
    expect(kept.messages[0]).toMatchObject({ role: 'user', parts: [{ text: 'What is in the handbook?' }] })
    const runs = await json<{ items: { status: string }[] }>(
      await server.request('/api/runs?status=running', { client: 'alpha' }),
    )
    expect(runs.items).toEqual([])
    await server.stop()
  })

  it('of a second server on the same data folder leaves the first one serving', async () => {
    const first = await start()
    const second = await start()
    await second.kill()
    expect((await first.request('/api/clients')).status).toBe(200)
    await first.stop()
  })
})

/** Files that an interrupted upload left behind. */
async function leftovers(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true })
  return names.filter((name) => /\.(part|tmp|partial|upload)/.test(name))
}
