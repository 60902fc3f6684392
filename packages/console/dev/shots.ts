import { AxeBuilder } from '@axe-core/playwright'
import { chromium } from 'playwright-core'

/**
 * Pictures and accessibility of pages: `LINK=<sign-in link> node dev/shots.ts <base url> <folder> <path>...`
 * ONLY=wide-light,narrow-dark narrows sizes and themes; STATE is a file that keeps the session between runs.
 */
const [base = '', folder = '/tmp/shots', ...paths] = process.argv.slice(2)
const { ONLY: only, LINK: link, STATE: state = '/tmp/console-state.json', ACT: act } = process.env
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
if (link) {
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(link)
  await context.storageState({ path: state })
  await context.close()
}
const sizes = { wide: { width: 1440, height: 900 }, narrow: { width: 390, height: 844 } }
for (const [size, viewport] of Object.entries(sizes)) {
  for (const colorScheme of ['light', 'dark'] as const) {
    if (only && !only.split(',').includes(`${size}-${colorScheme}`)) continue
    const context = await browser.newContext({
      viewport,
      colorScheme,
      reducedMotion: 'reduce',
      ...(process.env['ANONYMOUS'] ? {} : { storageState: state }),
    })
    const page = await context.newPage()
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type()) && !message.text().includes('VUE_ROUTER'))
        console.log(`  [${message.type()}]`, message.text().slice(0, 400))
    })
    page.on('request', (request) => {
      if (!request.url().startsWith(base) && !/^(data|blob):/.test(request.url()))
        console.log('  [leaves the host]', request.url())
    })
    page.on('response', (response) => {
      if (response.status() >= 400)
        console.log(`  [${response.status()}]`, response.request().method(), response.url().slice(base.length))
    })
    page.on('pageerror', (error) => console.log('  [pageerror]', error.message))
    for (const path of paths) {
      const name = path.replaceAll(/[^\w]+/g, '_').replace(/^_|_$/g, '') || 'home'
      await page.goto(`${base}${path}`, { waitUntil: 'networkidle' })
      if (act) await page.evaluate(act)
      await page.waitForTimeout(600)
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      )
      await page.screenshot({ path: `${folder}/${name}-${size}-${colorScheme}.png` })
      const { violations } = await new AxeBuilder({ page })
        .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
        .analyze()
      console.log(
        `${size} ${colorScheme} ${path}: ${violations.length} violations${overflow > 0 ? `, overflows by ${overflow}px` : ''}`,
      )
      for (const violation of violations)
        console.log(
          `   ${violation.id}: ${violation.help}\n      ${violation.nodes
            .slice(0, 3)
            .map((node) => `${node.html.slice(0, 160)} ${node.any[0]?.message ?? ''}`)
            .join('\n      ')}`,
        )
    }
    await context.close()
  }
}
await browser.close()
