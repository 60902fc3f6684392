import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import lighthouse, { desktopConfig } from 'lighthouse'
import type { Result } from 'lighthouse'
import { chromium } from 'playwright-core'
import { chromiumFlags, ensureChromium } from '../packages/server/testing/chromium.ts'
import { json, startServer, type RunningServer } from '../packages/server/testing/start-server.ts'

/**
 * Lighthouse on the built console with the demo's data, signed in, desktop and mobile. Prints the five categories, largest
 * contentful paint (LCP), total blocking time (TBT) and cumulative layout shift (CLS) of each page, and whether its aim is met.
 * The CPU index is Lighthouse's own measure of the machine at that moment: a busy one makes TBT and LCP worse than they are.
 * `--form mobile`, `--page <part of the name>`, `--runs 3` (the median run counts), `--save <folder>` (whole reports).
 */
const forms = ['desktop', 'mobile'] as const
const aims = { desktop: 95, mobile: 85 }
const { values: asked } = parseArgs({
  options: {
    form: { type: 'string' },
    page: { type: 'string' },
    runs: { type: 'string', default: '1' },
    save: { type: 'string' },
  },
})

const chromiumPath = (await ensureChromium()).path
if (!chromiumPath) throw new Error('Lighthouse needs a Chromium')
const server = await startServer({ env: { GUILDHALL_DEMO: '1' } })
const port = await freePort()
const browser = await chromium.launch({
  executablePath: chromiumPath,
  args: [...chromiumFlags, `--remote-debugging-port=${String(port)}`],
})
let missed = 0
try {
  const cookie = await signIn(server)
  const pages = await demoPages(server)
  if (asked.save) await mkdir(asked.save, { recursive: true })
  console.log('         page          perf a11y best  seo agent    LCP      TBT   CLS   CPU index')
  for (const form of forms)
    for (const [name, path] of Object.entries(pages)) {
      if ((asked.form && form !== asked.form) || (asked.page && !name.includes(asked.page))) continue
      const report = await measure(`${server.url}${path}`, form, name === 'sign-in' ? null : cookie)
      if (asked.save) await writeFile(join(asked.save, `${form}-${name}.json`), JSON.stringify(report))
      const scores = Object.values(report.categories).map(({ score }) => Math.round((score ?? 0) * 100))
      const met = scores.every((score) => score >= aims[form])
      if (!met) missed++
      console.log(
        [
          form.padEnd(8),
          name.padEnd(12),
          ...scores.map((score) => String(score).padStart(4)),
          `${figure(report, 'largest-contentful-paint', 1000).toFixed(2)} s`.padStart(8),
          `${figure(report, 'total-blocking-time', 1).toFixed(0)} ms`.padStart(8),
          figure(report, 'cumulative-layout-shift', 1).toFixed(3),
          String(Math.round(report.environment.benchmarkIndex)).padStart(6),
          met ? '' : `  below the aim of ${String(aims[form])}`,
        ].join(' '),
      )
    }
  console.log(missed === 0 ? 'Every aim is met.' : `${String(missed)} below the aim (desktop 95, mobile 85).`)
} finally {
  await browser.close()
  await server.stop()
}

/** The run of median performance: a single one carries the noise of the machine. */
async function measure(url: string, form: (typeof forms)[number], cookie: string | null): Promise<Result> {
  const reports: Result[] = []
  for (let run = 0; run < Number(asked.runs); run++) {
    const flags = {
      port,
      output: 'json' as const,
      logLevel: 'error' as const,
      extraHeaders: cookie === null ? {} : { Cookie: cookie },
    }
    const result = await lighthouse(url, flags, form === 'desktop' ? desktopConfig : undefined)
    if (result) reports.push(result.lhr)
  }
  reports.sort((a, b) => performanceOf(a) - performanceOf(b))
  const median = reports[Math.floor(reports.length / 2)]
  if (!median) throw new Error(`Lighthouse gave no report for ${url}`)
  return median
}

function performanceOf(report: Result): number {
  return report.categories['performance']?.score ?? 0
}

function figure(report: Result, audit: string, divisor: number): number {
  return (report.audits[audit]?.numericValue ?? Number.NaN) / divisor
}

async function signIn(running: RunningServer): Promise<string> {
  const answer = await fetch(running.signInLink(), { redirect: 'manual' })
  return answer.headers
    .getSetCookie()
    .map((each) => each.split(';')[0])
    .join('; ')
}

/** The pages that people open, by name, once the sample data of the coach is there. */
async function demoPages(running: RunningServer): Promise<Record<string, string>> {
  const inClient = '/clients/beacon-sales'
  const first = async (path: string) => {
    const { items } = await json<{ items: { id: string; sample?: { state: string } }[] }>(
      await running.request(path, { client: 'beacon-sales' }),
    )
    return items[0]
  }
  let project = await first('/api/projects')
  for (let wait = 0; project?.sample?.state !== 'ready' && wait < 120; wait++) {
    await new Promise((resolve) => setTimeout(resolve, 500))
    project = await first('/api/projects')
  }
  const run = await first('/api/runs?limit=1')
  const inProject = `${inClient}/projects/${project?.id ?? ''}`
  const call = await first(`/api/projects/${project?.id ?? ''}/collections/calls/records?limit=1`)
  return {
    'sign-in': '/sign-in',
    agency: '/',
    client: inClient,
    project: inProject,
    calls: `${inProject}/calls`,
    call: `${inProject}/calls/${call?.id ?? ''}`,
    runs: `${inClient}/runs`,
    run: `${inClient}/runs/${run?.id ?? ''}`,
    chat: `${inClient}/chat`,
    knowledge: `${inClient}/knowledge`,
    settings: `${inClient}/settings`,
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port: free } = probe.address() as AddressInfo
      probe.close(() => resolve(free))
    })
  })
}
