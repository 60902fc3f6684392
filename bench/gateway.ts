import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { load, type LoadResult } from './gateway/load.ts'

/**
 * What a gateway costs: the same calls to the same upstream, alone, through the least possible proxy, through Portkey's
 * gateway 1.15.2, and through Guildhall with everything on that it has on in earnest (a key with limits and a budget, a
 * route with a cache that is looked up, journal and ledger). One machine, one run; ratios are what counts.
 *
 * --seconds N  of each measurement (default 5)     --soak [minutes]  a steady load instead (--calls N of them, default 100,000), with memory over time
 * --only NAME  direct, proxy, portkey, guildhall   --markdown        the table for the README
 */
const root = fileURLToPath(new URL('..', import.meta.url))
const option = (name: string) => {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? undefined : (process.argv[at + 1] ?? '')
}
const seconds = Number(option('seconds') ?? 5)
const only = option('only')
/** Those of `npm start`. */
const startFlags =
  /"start": "node ((?:--\S+ )+)/
    .exec(readFileSync(join(root, 'package.json'), 'utf8'))?.[1]
    ?.trim()
    .split(' ') ?? []
const children = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL')
})

interface Running {
  url: string
  headers: Record<string, string>
  model: string
  pid: number
}

function start(
  command: string,
  args: string[],
  ready: RegExp,
  env: Record<string, string> = {},
): Promise<[string, number]> {
  const child = spawn(command, args, { cwd: root, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  children.add(child)
  let output = ''
  return new Promise((resolve, reject) => {
    const onOutput = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-20_000)
      const found = ready.exec(output)
      if (found) resolve([found[1] ?? '', child.pid ?? 0])
    }
    child.stdout.on('data', onOutput)
    child.stderr.on('data', onOutput)
    child.once('exit', (code) =>
      reject(new Error(`${command} ${args[0] ?? ''} ended with ${String(code)}:\n${output}`)),
    )
  })
}

const file = (name: string) => join(import.meta.dirname, 'gateway', name)

async function startPortkey(upstream: string): Promise<Running> {
  const folder = join(tmpdir(), 'guildhall-bench-portkey-1.15.2')
  const main = join(folder, 'node_modules/@portkey-ai/gateway/build/start-server.js')
  if (!existsSync(main)) {
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, 'package.json'), '{"private":true}')
    const { status } = spawnSync('npm', ['install', '--no-audit', '--no-fund', '@portkey-ai/gateway@1.15.2'], {
      cwd: folder,
    })
    if (status !== 0) throw new Error('npm cannot install @portkey-ai/gateway@1.15.2')
  }
  const [, pid] = await start(
    process.execPath,
    ['--import', file('portkey-preload.mjs'), main, '--headless'],
    /(8787|[Rr]eady)/,
  )
  await reachable('http://127.0.0.1:8787/')
  return {
    url: 'http://127.0.0.1:8787/v1/chat/completions',
    headers: {
      'x-portkey-provider': 'openai',
      'x-portkey-custom-host': `${upstream}/v1`,
      authorization: 'Bearer bench',
    },
    model: 'bench-model',
    pid,
  }
}

async function reachable(url: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const answered = await fetch(url).then(
      () => true,
      () => false,
    )
    if (answered) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`${url} does not answer`)
}

async function startGuildhall(upstream: string): Promise<Running> {
  const dataDir = await mkdtemp(join(tmpdir(), 'guildhall-bench-'))
  process.on('exit', () => spawnSync('rm', ['-rf', dataDir]))
  const agencyKey = `gh_${randomBytes(32).toString('base64url')}`
  const [url, pid] = await start(
    process.execPath,
    [...startFlags, join(root, 'packages/server/main.ts'), 'serve', '--no-build'],
    /Listening on\s+(\S+)[\s\S]*Open /,
    {
      GUILDHALL_PORT: '0',
      GUILDHALL_DATA_DIR: dataDir,
      GUILDHALL_DEMO: '0',
      GUILDHALL_INIT_API_KEY: agencyKey,
      GUILDHALL_LOG_LEVEL: 'error',
      GUILDHALL_PRIVATE_HOSTS: new URL(upstream).host,
    },
  )
  const call = async (
    method: string,
    path: string,
    body: unknown,
    client?: string,
  ): Promise<Record<string, string>> => {
    const response = await fetch(`${url}/api${path}`, {
      method,
      headers: {
        authorization: `Bearer ${agencyKey}`,
        'content-type': 'application/json',
        ...(client ? { 'x-guildhall-client': client } : {}),
      },
      body: JSON.stringify(body),
    })
    const read = (await response.json()) as Record<string, string>
    if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(read)}`)
    return read
  }
  await call('POST', '/clients', { name: 'Bench', slug: 'bench' })
  await setUp(call, upstream)
  const { key = '' } = await call('POST', '/api-keys', keyRequest, 'bench')
  return { url: `${url}/v1/chat/completions`, headers: { authorization: `Bearer ${key}` }, model: 'fast', pid }
}

type Call = (method: string, path: string, body: unknown, client?: string) => Promise<Record<string, string>>

/** What an agency has in earnest: a provider, a route whose answers are kept, a budget. */
async function setUp(call: Call, upstream: string): Promise<void> {
  await call(
    'PUT',
    '/providers/openai-compatible',
    { slug: 'own', baseUrl: `${upstream}/v1`, apiKey: 'bench-key-0123456789', models: ['bench-model'], test: false },
    'bench',
  )
  await call(
    'POST',
    '/provider-routes',
    { alias: 'fast', targets: [{ provider: 'own', model: 'bench-model' }], rules: { cacheSeconds: 3600 } },
    'bench',
  )
  await call('PUT', '/budgets', { scope: 'tenant', monthlyMicros: 1_000_000_000_000 }, 'bench')
}

const keyRequest = { name: 'bench', role: 'member' }

const text = 'The quick brown fox jumps over the lazy dog while the agency counts its calls. '.repeat(10)
/** Each differs, so that the cache is looked up and never hit. */
const body = (model: string, stream: boolean) => (n: number) =>
  JSON.stringify({
    model,
    messages: [
      { role: 'system', content: 'You are a helpful assistant.' },
      { role: 'user', content: `${String(n)} ${run} ${text}` },
    ],
    ...(stream ? { stream: true } : {}),
  })
const run = randomBytes(6).toString('hex')

function memory(pid: number): number {
  const rss = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8'))?.[1]
  return Math.round(Number(rss) / 1024)
}

interface Row extends LoadResult {
  who: string
  what: string
  concurrency: number
  rss: number
}

const [port, upstreamPid] = await start(process.execPath, [file('upstream.ts')], /port (\d+)/)
const upstream = `http://127.0.0.1:${port}`
const peers: Record<string, () => Promise<Running>> = {
  direct: async () => ({ url: `${upstream}/v1/chat/completions`, headers: {}, model: 'bench-model', pid: upstreamPid }),
  proxy: async () => {
    const [proxy, pid] = await start(process.execPath, [file('plain-proxy.ts'), upstream], /port (\d+)/)
    return { url: `http://127.0.0.1:${proxy}/v1/chat/completions`, headers: {}, model: 'bench-model', pid }
  },
  portkey: () => startPortkey(upstream),
  guildhall: () => startGuildhall(upstream),
}

if (process.argv.includes('--soak')) await soak(Number(option('soak') || 10))
else await compare()
process.exit(0)

async function compare(): Promise<void> {
  const started = new Map<string, Running>()
  for (const [name, begin] of Object.entries(peers))
    if (!only || only.split(',').includes(name)) started.set(name, await begin())
  for (const one of started.values())
    for (const stream of [false, true]) await load({ ...one, body: body(one.model, stream), concurrency: 8, ms: 1500 })
  const rows: Row[] = []
  for (const stream of [false, true])
    for (const concurrency of [1, 50])
      for (const [who, one] of started) {
        const result = await load({ ...one, body: body(one.model, stream), concurrency, ms: seconds * 1000 })
        const row = { ...result, who, what: stream ? 'stream' : 'plain', concurrency, rss: memory(one.pid) }
        rows.push(row)
        if (row.failed > 0) console.error(`${who}: ${String(row.failed)} of ${String(row.calls)} calls failed`)
      }
  print(rows)
}

function print(rows: readonly Row[]): void {
  const markdown = process.argv.includes('--markdown')
  const ms = (value: number) => value.toFixed(2)
  const head = [
    '',
    'calls at once',
    'who',
    'calls/s',
    'p50 ms',
    'p99 ms',
    'first byte p50 ms',
    'RSS MB',
    'added p50 ms',
    'x Portkey',
  ]
  const table = rows.map((row) => {
    const same = (who: string) =>
      rows.find((other) => other.who === who && other.what === row.what && other.concurrency === row.concurrency)
    const direct = same('direct')
    const portkey = same('portkey')
    return [
      row.what,
      String(row.concurrency),
      row.who,
      row.rps.toFixed(0),
      ms(row.p50),
      ms(row.p99),
      ms(row.firstP50),
      String(row.rss),
      direct && row.concurrency === 1
        ? ms((row.what === 'stream' ? row.firstP50 : row.p50) - (row.what === 'stream' ? direct.firstP50 : direct.p50))
        : '',
      portkey && row.who !== 'portkey' ? (row.rps / portkey.rps).toFixed(2) : '',
    ]
  })
  console.log(
    `${cpus()[0]?.model ?? ''}, ${String(cpus().length)} cores, Node ${process.version}, ${String(seconds)} s each`,
  )
  if (markdown) {
    const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
    console.log([line(head), line(head.map(() => '---')), ...table.map(line)].join('\n'))
  } else {
    const widths = head.map((name, at) => Math.max(name.length, ...table.map((cells) => cells[at]?.length ?? 0)))
    for (const cells of [head, ...table])
      console.log(cells.map((cell, at) => cell.padStart(widths[at] ?? 0)).join('  '))
  }
}

/** A steady load for a while: memory must not grow in its second half. */
async function soak(minutes: number): Promise<void> {
  const one = await (peers['guildhall'] ?? peers['direct'])?.()
  if (!one) return
  const calls = Number(option('calls') ?? 100_000)
  const rate = calls / (minutes * 60)
  const samples: number[] = []
  const begin = performance.now()
  let made = 0
  let failed = 0
  while (performance.now() - begin < minutes * 60_000) {
    const due = Math.min(calls, Math.ceil(((performance.now() - begin) / 1000 + 1) * rate)) - made
    if (due > 0) {
      const result = await load({
        ...one,
        body: (n) => body(one.model, n % 2 === 0)(made + n),
        concurrency: 20,
        ms: 60_000,
        calls: due,
      })
      made += result.calls
      failed += result.failed
    }
    samples.push(memory(one.pid))
    process.stdout.write(`\r${String(made)} calls, ${String(failed)} failed, ${String(samples.at(-1))} MB   `)
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, begin + samples.length * 1000 - performance.now())))
  }
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const quarter = Math.floor(samples.length / 4)
  const third = mean(samples.slice(2 * quarter, 3 * quarter))
  const fourth = mean(samples.slice(3 * quarter))
  console.log(
    `\n${String(made)} calls in ${String(minutes)} min, ${String(failed)} failed; RSS at the end ${String(samples.at(-1))} MB, most ${String(Math.max(...samples))} MB; ` +
      `mean of the third quarter ${third.toFixed(0)} MB, of the fourth ${fourth.toFixed(0)} MB (${((fourth / third - 1) * 100).toFixed(1)} %)`,
  )
  await rm(join(tmpdir(), 'guildhall-soak'), { force: true })
}
