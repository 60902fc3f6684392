import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { request, Agent } from 'node:http'
import { cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { chromiumFlags, findChromium } from '../packages/server/testing/chromium.ts'

/**
 * The five first-run figures: how long from `npm start` on an empty data folder to a signed-in console and to the first
 * grounded answer, a second start, idle memory of all processes, and reads and writes through the whole stack.
 */
const root = fileURLToPath(new URL('..', import.meta.url))
const dataDir = await mkdtemp(join(tmpdir(), 'guildhall-bench-'))
const apiKey = `gh_${randomBytes(24).toString('base64url')}`
let agentId = ''
const agent = new Agent({ keepAlive: true, maxSockets: 64 })
/** Also builds the console in the first start, as on a machine where `npm ci` could not. */
const withBuild = process.argv.includes('--with-build')

/** What `npm start` runs, without npm between, so that signals and memory are the server's own. */
const { scripts }: { scripts: { start: string } } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
const startArguments = scripts.start.split(' ').slice(1)

interface Started {
  url: string
  link: string
  pid: number
  stop(): Promise<void>
}

async function start(): Promise<Started> {
  const child = spawn(process.execPath, startArguments, {
    cwd: root,
    env: {
      ...process.env,
      GUILDHALL_PORT: '0',
      GUILDHALL_DATA_DIR: dataDir,
      GUILDHALL_DEMO: '1',
      GUILDHALL_INIT_API_KEY: apiKey,
      GUILDHALL_LOG_LEVEL: 'error',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.add(child)
  child.once('exit', () => children.delete(child))
  let output = ''
  const [url, link] = await new Promise<[string, string]>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      const opened = /Open\s+(http\S+)/.exec(output)
      if (opened) resolve([/Listening on\s+(\S+)/.exec(output)?.[1] ?? '', opened[1] ?? ''])
    })
    child.on('exit', (code) => reject(new Error(`The server ended with ${String(code)}:\n${output}`)))
  })
  return {
    url,
    link,
    pid: child.pid ?? 0,
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve())
        child.kill('SIGTERM')
      }),
  }
}

/** Servers of this run; none outlives it. */
const children = new Set<ReturnType<typeof spawn>>()
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL')
})

const seconds = (from: number) => (performance.now() - from) / 1000
const say = (name: string, value: string, aim: string) => {
  console.log(`${name.padEnd(58)} ${value.padStart(22)}   aim ${aim}`)
}

console.log(
  `${cpus()[0]?.model ?? 'unknown processor'}, ${String(cpus().length)} cores, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Node ${process.version}`,
)
if (withBuild) await rm(join(root, 'packages/console/dist'), { recursive: true, force: true })
try {
  let begun = performance.now()
  const first = await start()
  await signedIn(first.link)
  say(`first start to a signed-in console${withBuild ? ', building it' : ''} (s)`, seconds(begun).toFixed(1), '<= 10')
  await answered(first.url)
  say('first start to the first grounded answer (s)', seconds(begun).toFixed(1), '<= 20')
  await first.stop()

  begun = performance.now()
  const second = await start()
  say('second start until it serves (s)', seconds(begun).toFixed(1), '<= 3')
  await new Promise((resolve) => setTimeout(resolve, 10_000))
  const memory = await residentMegabytes(second.pid)
  say('idle resident memory, server and database (MB)', `${memory.server} + ${memory.database}`, '<= 300')
  const made = await call(second.url, 'POST', '/api/clients', JSON.stringify({ name: 'Bench', slug: 'bench' }))
  if (made.status !== 201) throw new Error(`Client was not made: ${made.body}`)
  for (const concurrency of [1, 50]) {
    const read = await load(second.url, concurrency, () => ['GET', '/api/agents?limit=20', undefined])
    say(
      `read, concurrency ${String(concurrency)} (req/s, p50/p95/p99 ms)`,
      describe(read),
      concurrency === 50 ? 'p95 < 100' : '',
    )
    let n = 0
    const write = await load(second.url, concurrency, () => [
      'POST',
      '/api/chats',
      JSON.stringify({ title: `Bench ${String(n++)}`, agentId }),
    ])
    say(
      `write, concurrency ${String(concurrency)} (req/s, p50/p95/p99 ms)`,
      describe(write),
      concurrency === 50 ? 'p95 < 100' : '',
    )
  }
  await second.stop()
} finally {
  await rm(dataDir, { recursive: true, force: true })
}

/** Opens the link in a browser and waits for the overview; without a browser, follows the link and asks who is signed in. */
async function signedIn(link: string): Promise<void> {
  const path = findChromium()
  if (!path) {
    const response = await fetch(link, { redirect: 'manual' })
    const cookie = response.headers
      .getSetCookie()
      .map((each) => each.split(';')[0])
      .join('; ')
    const me = await fetch(new URL('/api/me', link), { headers: { cookie } })
    if (me.status !== 200) throw new Error(`Not signed in: ${String(me.status)}`)
    console.log('No browser: the link was followed by script')
    return
  }
  const browser = await chromium.launch({ executablePath: path, args: chromiumFlags })
  try {
    const page = await browser.newPage()
    await page.goto(link)
    await page.getByText('Fade & Blade').first().waitFor({ timeout: 30_000 })
  } finally {
    await browser.close()
  }
}

/** Asks the front desk of the barbershop what its handbook says, and waits for the cited answer. */
async function answered(url: string): Promise<void> {
  const agents: { items: { id: string; slug: string }[] } = JSON.parse(
    (await call(url, 'GET', '/api/agents', undefined, 'fade-and-blade')).body,
  )
  agentId = agents.items.find((agent) => agent.slug === 'front-desk')?.id ?? ''
  for (;;) {
    const chat: { id: string } = JSON.parse(
      (await call(url, 'POST', '/api/chats', JSON.stringify({ agentId }), 'fade-and-blade')).body,
    )
    const message = {
      id: randomBytes(8).toString('hex'),
      role: 'user',
      parts: [{ type: 'text', text: 'What does a skin fade cost?' }],
    }
    const answer = await call(
      url,
      'POST',
      `/api/chats/${chat.id}/messages`,
      JSON.stringify({ message, trigger: 'submit-message' }),
      'fade-and-blade',
    )
    if (answer.body.includes('38') && answer.body.includes('source-document')) return
    // The handbook is still being read.
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
}

function call(
  url: string,
  method: string,
  path: string,
  body?: string,
  client = 'fade-and-blade',
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const headers: Record<string, string> = { authorization: `Bearer ${apiKey}` }
    if (path !== '/api/clients') headers['x-guildhall-client'] = client
    if (body !== undefined) headers['content-type'] = 'application/json'
    const sent = request(`${url}${path}`, { method, agent, headers }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => (text += chunk))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }))
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

interface Load {
  perSecond: number
  p50: number
  p95: number
  p99: number
}

async function load(
  url: string,
  concurrency: number,
  next: () => [string, string, string | undefined],
  ms = 5000,
): Promise<Load> {
  const times: number[] = []
  const run = async (until: number, record: boolean) => {
    while (performance.now() < until) {
      const begun = performance.now()
      const response = await call(url, ...next())
      if (response.status >= 300) throw new Error(`${String(response.status)} ${response.body}`)
      if (record) times.push(performance.now() - begun)
    }
  }
  const all = (duration: number, record: boolean) =>
    Promise.all(Array.from({ length: concurrency }, () => run(performance.now() + duration, record)))
  await all(1000, false)
  const begun = performance.now()
  await all(ms, true)
  const took = performance.now() - begun
  times.sort((a, b) => a - b)
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0
  return { perSecond: (times.length / took) * 1000, p50: at(0.5), p95: at(0.95), p99: at(0.99) }
}

function describe(load: Load): string {
  return `${load.perSecond.toFixed(0)}, ${load.p50.toFixed(1)}/${load.p95.toFixed(1)}/${load.p99.toFixed(1)}`
}

/** Linux: proportional share of memory, so that what processes share counts once. Elsewhere unknown. */
async function residentMegabytes(serverPid: number): Promise<{ server: string; database: string }> {
  if (!existsSync('/proc/self/smaps_rollup')) return { server: 'unknown', database: 'unknown' }
  const pss = async (pid: string) =>
    Number(/^Pss:\s+(\d+)/m.exec(await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => ''))?.[1] ?? 0) / 1024
  const postmaster = (await readFile(join(dataDir, 'postgres/18/postmaster.pid'), 'utf8')).split('\n')[0] ?? ''
  let database = await pss(postmaster)
  for (const pid of await readdir('/proc')) {
    const stat = /^\d+$/.test(pid) ? await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '') : ''
    if (stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] === postmaster) database += await pss(pid)
  }
  return { server: (await pss(String(serverPid))).toFixed(0), database: database.toFixed(0) }
}
