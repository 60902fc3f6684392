import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'

/** A size and theme in which the console is used. */
export interface Look {
  name: string
  width: number
  height: number
  theme: 'light' | 'dark'
}

export const looks: readonly Look[] = (['light', 'dark'] as const).flatMap((theme) => [
  { name: `1440 px, ${theme}`, width: 1440, height: 900, theme },
  { name: `390 px, ${theme}`, width: 390, height: 844, theme },
])

/** A page that remembers what must never happen: errors, and requests that leave the host. */
export interface ObservedPage {
  page: Page
  look: Look
  /** Console errors, uncaught exceptions and answers of 500 and above, in order. */
  errors: string[]
  /** Addresses of requests to anywhere else than the server. */
  outside: string[]
  /** Violations of WCAG 2.2 A and AA on what is shown now, one line each; takes a picture when a folder is asked for. */
  inspect: (name: string) => Promise<string[]>
  close: () => Promise<void>
}

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

export async function openPage(
  browser: Browser,
  url: string,
  look: Look,
  storageState?: BrowserContextOptions['storageState'],
): Promise<ObservedPage> {
  const context = await browser.newContext({
    viewport: { width: look.width, height: look.height },
    colorScheme: look.theme,
    reducedMotion: 'reduce',
    ...(storageState === undefined ? {} : { storageState }),
  })
  const page = await context.newPage()
  page.setDefaultTimeout(20_000)
  const errors: string[] = []
  const outside: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(`console: ${message.text()}`)
  })
  page.on('pageerror', (error) => errors.push(`exception: ${error.message}`))
  page.on('response', (response) => {
    if (response.status() >= 500)
      errors.push(`${String(response.status())}: ${response.request().method()} ${response.url()}`)
  })
  page.on('request', (request) => {
    if (!request.url().startsWith(`${url}/`) && !/^(data|blob):/.test(request.url())) outside.push(request.url())
  })
  page.on('websocket', (socket) => {
    if (new URL(socket.url()).host !== new URL(url).host) outside.push(socket.url())
  })
  return {
    page,
    look,
    errors,
    outside,
    async inspect(name) {
      // Hover colours are not what a page looks like.
      await page.mouse.move(0, 0)
      // A recording may keep its request open for as long as it could be played.
      await page.waitForLoadState('networkidle', { timeout: 8000 }).catch(() => undefined)
      await takePicture(page, `${name} ${look.name}`)
      const { violations } = await new AxeBuilder({ page }).withTags(rules).analyze()
      // An icon whose name is not bundled draws nothing, which no rule notices.
      const blank = await page
        .locator('svg:empty')
        .evaluateAll((icons) => icons.map((icon) => icon.parentElement?.outerHTML.slice(0, 200) ?? ''))
      return [
        ...violations.flatMap(({ id, help, nodes }) =>
          nodes.map((node) => `${name}: ${id}, ${help}: ${node.html.slice(0, 200)}`),
        ),
        ...blank.map((parent) => `${name}: an icon is empty: ${parent}`),
      ]
    },
    close: () => context.close(),
  }
}

/** Pictures for people who look, in the folder `GUILDHALL_SCREENSHOTS`. */
async function takePicture(page: Page, name: string): Promise<void> {
  const folder = process.env['GUILDHALL_SCREENSHOTS']
  if (!folder) return
  await mkdir(folder, { recursive: true })
  await page.screenshot({ path: join(folder, `${name.replaceAll(/\W+/g, '-').toLowerCase()}.png`) })
}
