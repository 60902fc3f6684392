import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startServer, type RunningServer } from '../testing/start-server.ts'

let server: RunningServer
beforeAll(async () => {
  server = await startServer()
  for (const slug of ['alpha', 'beta'])
    await server.request('/api/clients', { method: 'POST', body: JSON.stringify({ name: slug, slug }) })
})
afterAll(() => server.stop())

async function connect(headers: Record<string, string>): Promise<Client> {
  const client = new Client({ name: 'acceptance', version: '1.0.0' })
  await client.connect(new StreamableHTTPClientTransport(new URL(`${server.url}/mcp`), { requestInit: { headers } }))
  return client
}

describe('the official MCP client', () => {
  it('lists and calls the operations that its key may use', async () => {
    const client = await connect({ authorization: `Bearer ${server.apiKey}` })
    const { tools } = await client.listTools()
    expect(tools.map((tool) => tool.name)).toContain('clients.list')
    for (const tool of tools) expect(tool.inputSchema.type).toBe('object')
    const result = await client.callTool({ name: 'clients.list', arguments: { limit: 10 } })
    expect(result.isError).toBeFalsy()
    expect(JSON.stringify(result.structuredContent)).toContain('alpha')
    await client.close()
  })

  for (const [mode, revision] of [
    ['legacy', '2025-11-25'],
    ['auto', '2026-07-28'],
  ] as const)
    it(`agrees on revision ${revision} of the protocol`, async () => {
      const client = new Client({ name: 'acceptance', version: '1.0.0' }, { versionNegotiation: { mode } })
      const requestInit = { headers: { authorization: `Bearer ${server.apiKey}` } }
      await client.connect(new StreamableHTTPClientTransport(new URL(`${server.url}/mcp`), { requestInit }))
      expect(client.getNegotiatedProtocolVersion()).toBe(revision)
      const result = await client.callTool({ name: 'clients.list', arguments: {} })
      expect(JSON.stringify(result.structuredContent)).toContain('alpha')
      await client.close()
    })

  it('gets a wrong input back as an error that names the field', async () => {
    const client = await connect({ authorization: `Bearer ${server.apiKey}` })
    const result = await client.callTool({ name: 'clients.list', arguments: { limit: 'many' } })
    expect(result.isError).toBe(true)
    expect(JSON.stringify(result.content)).toContain('limit')
    await client.close()
  })

  it.each([
    ['lists', '['.repeat(100_000), ']'.repeat(100_000)],
    ['objects', '{"a":'.repeat(65), '}'.repeat(65)],
  ])('gets arguments that are nested without end in %s back as the tool’s error', async (_, open, close) => {
    const call = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"clients.create","arguments":{"name":${open}1${close}}}}`
    const accept = 'application/json, text/event-stream'
    const answer = await server.request('/mcp', { method: 'POST', body: call, headers: { accept } })
    expect(answer.status).toBe(200)
    const { result } = JSON.parse(/^data: (.*)$/m.exec(await answer.text())?.[1] ?? '')
    expect(result.isError).toBe(true)
    expect(JSON.parse(result.content[0].text)).toMatchObject({
      status: 400,
      errors: [{ message: 'is nested deeper than 64 levels' }],
    })
  })

  it('acts for one client with the header, and sees no agency tools there', async () => {
    const client = await connect({ authorization: `Bearer ${server.apiKey}`, 'x-guildhall-client': 'alpha' })
    const names = (await client.listTools()).tools.map((tool) => tool.name)
    expect(names).toContain('agents.list')
    expect(names).not.toContain('clients.list')
    await client.close()
  })

  it('is not let in without a key', async () => {
    await expect(connect({})).rejects.toThrow()
  })
})
