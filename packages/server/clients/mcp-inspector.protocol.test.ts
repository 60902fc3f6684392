import { spawn } from 'node:child_process'
import { delimiter, dirname } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startServer, type RunningServer } from '../testing/start-server.ts'

/**
 * The MCP Inspector of the protocol's authors, headless. It is no dependency (110 MB, a licence of its own): npx fetches
 * it into npm's cache, 17 s the first time. Where it cannot be fetched, these tests say so and are skipped.
 */
const inspector = '@modelcontextprotocol/inspector@2.12.0'
let server: RunningServer
let missing: string | null
beforeAll(async () => {
  const [running, help] = await Promise.all([startServer(), run(['--help'])])
  server = running
  missing = help.code === 0 ? null : `${inspector} could not be fetched. ${help.stderr.trim().split('\n', 1)[0] ?? ''}`
  // The reporter says only how many were skipped.
  if (missing) process.stderr.write(`SKIPPED: MCP Inspector. ${missing}\n`)
  await server.request('/api/clients', { method: 'POST', body: JSON.stringify({ name: 'Alpha', slug: 'alpha' }) })
}, 240_000)
afterAll(() => server.stop())
beforeEach((context) => {
  if (missing) context.skip(missing)
})

interface Ended {
  code: number | null
  stdout: string
  stderr: string
}

function run(args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    // The inspector runs on the Node that runs this, not on the one that the machine may have.
    const path = `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`
    const child = spawn('npx', ['--yes', inspector, '--cli', ...args], {
      env: { ...process.env, PATH: path },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 180_000,
    })
    const ended: Ended = { code: null, stdout: '', stderr: '' }
    child.stdout.on('data', (chunk: Buffer) => (ended.stdout += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (ended.stderr += chunk.toString()))
    child.on('error', (error) => resolve({ ...ended, stderr: error.message }))
    child.on('close', (code) => resolve({ ...ended, code }))
  })
}

/** @param client slug of the client that it works for */
function inspect(method: string, args: readonly string[] = [], client?: string): Promise<Ended> {
  const headers = [`authorization: Bearer ${server.apiKey}`, ...(client ? [`x-guildhall-client: ${client}`] : [])]
  const sent = headers.flatMap((header) => ['--header', header])
  return run([`${server.url}/mcp`, '--transport', 'http', ...sent, '--method', method, ...args])
}

function toolNames({ stdout }: Ended): string[] {
  return JSON.parse(stdout).tools.map((tool: { name: string }) => tool.name)
}

describe('the MCP Inspector', () => {
  it('lists the operations as tools, for the agency and for a client, and finds no fault in their schemas', async () => {
    const [agency, client] = await Promise.all([inspect('tools/list'), inspect('tools/list', [], 'alpha')])
    expect([agency.code, client.code]).toEqual([0, 0])
    expect(toolNames(agency)).toContain('clients.list')
    expect(toolNames(client)).toContain('agents.list')
    expect(toolNames(client)).not.toContain('clients.list')
    expect(agency.stderr.trim()).toBe('')
    expect(client.stderr.trim()).toBe('')
  })

  it('calls a tool', async () => {
    const { code, stdout } = await inspect('tools/call', ['--tool-name', 'clients.list', '--tool-arg', 'limit=10'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ structuredContent: { items: [{ slug: 'alpha' }] } })
  })

  it('sees a wrong input as the tool’s error, which names the field', async () => {
    const { code, stdout } = await inspect('tools/call', ['--tool-name', 'clients.list', '--tool-arg', 'limit=9999'])
    // Its own code for a tool that answers with an error.
    expect(code).toBe(5)
    const { isError, content } = JSON.parse(stdout)
    expect(isError).toBe(true)
    expect(JSON.parse(content[0].text)).toMatchObject({ status: 400, errors: [{ field: 'limit' }] })
  })
})
