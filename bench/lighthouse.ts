import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import lighthouse, { desktopConfig } from 'lighthouse'
import { chromium } from 'playwright-core'
import { chromiumFlags, ensureChromium } from '../packages/server/testing/chromium.ts'
import { startServer } from '../packages/server/testing/start-server.ts'

/** Lighthouse on the built console, signed in, desktop and mobile. Prints the four categories; aims are printed beside. */
const pages = ['/', '/clients/beacon-sales', '/sign-in']
const chromiumPath = (await ensureChromium()).path
if (!chromiumPath) throw new Error('Lighthouse needs a Chromium')
const server = await startServer({ env: { GUILDHALL_DEMO: '1' } })
const port = await freePort()
const browser = await chromium.launch({
  executablePath: chromiumPath,
  args: [...chromiumFlags, `--remote-debugging-port=${String(port)}`],
})
try {
  const signedIn = await fetch(server.signInLink(), { redirect: 'manual' })
  const cookie = signedIn.headers
    .getSetCookie()
    .map((each) => each.split(';')[0])
    .join('; ')
  for (const form of ['desktop', 'mobile'] as const)
    for (const page of pages) {
      const flags = {
        port,
        output: 'json' as const,
        logLevel: 'error' as const,
        extraHeaders: page === '/sign-in' ? {} : { Cookie: cookie },
      }
      const result = await lighthouse(`${server.url}${page}`, flags, form === 'desktop' ? desktopConfig : undefined)
      const scores = Object.entries(result?.lhr.categories ?? {}).map(
        ([name, category]) => `${name} ${String(Math.round((category.score ?? 0) * 100))}`,
      )
      console.log(
        `${form.padEnd(8)} ${page.padEnd(24)} ${scores.join(', ')}   aim >= ${form === 'desktop' ? '95' : '85'}`,
      )
    }
} finally {
  await browser.close()
  await server.stop()
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port: free } = probe.address() as AddressInfo
      probe.close(() => resolve(free))
    })
  })
}
