import { AxeBuilder } from '@axe-core/playwright'
import { chromium } from 'playwright-core'

/** Pictures and accessibility of pages: `node dev/shots.ts <base url> <folder> <path>...` */
const [base = '', folder = '/tmp/shots', ...paths] = process.argv.slice(2)
const only = process.env['ONLY']
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
const sizes = { wide: { width: 1440, height: 900 }, narrow: { width: 390, height: 844 } }
for (const [size, viewport] of Object.entries(sizes)) {
  for (const colorScheme of ['light', 'dark'] as const) {
    if (only && !only.split(',').includes(`${size}-${colorScheme}`)) continue
    const context = await browser.newContext({ viewport, colorScheme, deviceScaleFactor: 1, reducedMotion: 'reduce' })
    const page = await context.newPage()
    page.on('console', (message) => { if (!message.text().includes('VUE_ROUTER') && (message.type() === 'error' || message.type() === 'warning')) console.log(`  [${message.type()}]`, message.text().slice(0, 400)) })
    page.on('request', (request) => { if (!request.url().startsWith(base) && !/^(data|blob):/.test(request.url())) console.log('  [leaves the host]', request.url()) })
    page.on('pageerror', (error) => console.log('  [pageerror]', error.message))
    for (const path of paths) {
      const name = path.replaceAll(/[^\w]+/g, '_').replace(/^_|_$/g, '') || 'home'
      await page.goto(`${base}${path}`, { waitUntil: 'networkidle' })
      await page.waitForTimeout(500)
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
      await page.screenshot({ path: `${folder}/${name}-${size}-${colorScheme}.png` })
      const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']).analyze()
      console.log(`${size} ${colorScheme} ${path}: ${violations.length} violations${overflow > 0 ? `, overflows by ${overflow}px` : ''}`)
      for (const violation of violations) console.log(`   ${violation.id}: ${violation.help}\n      ${violation.nodes.slice(0, 3).map((node) => `${node.html.slice(0, 160)} ${node.any[0]?.message ?? ''}`).join('\n      ')}`)
    }
    await context.close()
  }
}
await browser.close()
