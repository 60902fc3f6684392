import { chromium, type Browser } from 'playwright-core'
import { LLMock } from '@copilotkit/aimock'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chromiumFlags, findChromium } from '../testing/chromium.ts'
import { startServer, type RunningServer } from '../testing/start-server.ts'
import { looks, openPage, type ObservedPage } from './observe-page.ts'

const executablePath = findChromium()
const lastMonth = () => {
  const now = new Date()
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 1)).toISOString().slice(0, 7)
}

/** The agency's money, looked at in each size and theme, with an installation that has three months behind it. */
describe.skipIf(executablePath === null)('somebody who wants to know what is earned', () => {
  let server: RunningServer
  let browser: Browser
  let upstream: LLMock
  const visits = new Map<string, ObservedPage>()
  const visit = (name: string): ObservedPage => {
    const found = visits.get(name)
    if (!found) throw new Error(`nobody visits at ${name}`)
    return found
  }

  beforeAll(async () => {
    upstream = await LLMock.create({ port: 0 })
    upstream.onMessage(/[\s\S]*/, {
      content: 'Ask what it would have to bring.',
      usage: { prompt_tokens: 812, completion_tokens: 19, total_tokens: 831 },
    })
    server = await startServer({ env: { GUILDHALL_DEMO: '1', GUILDHALL_PRIVATE_HOSTS: new URL(upstream.url).host } })
    const body = { slug: 'house', baseUrl: `${upstream.url}/v1`, models: ['house-model'], apiKey: 'sk-test-1234' }
    const connected = await server.request('/api/providers/openai-compatible', {
      method: 'PUT',
      body: JSON.stringify(body),
    })
    if (!connected.ok) throw new Error(`the stand-in is not accepted: ${await connected.text()}`)
    const asked = await server.request('/v1/chat/completions', {
      method: 'POST',
      client: 'beacon-sales',
      body: JSON.stringify({ model: 'house/house-model', messages: [{ role: 'user', content: 'Too expensive?' }] }),
    })
    if (!asked.ok) throw new Error(`the stand-in does not answer: ${await asked.text()}`)
    browser = await chromium.launch({ executablePath: executablePath ?? '', args: chromiumFlags })
    const [first, ...others] = looks
    if (!first) throw new Error('there is no look')
    const opened = await openPage(browser, server.url, first)
    visits.set(first.name, opened)
    await opened.page.goto(server.signInLink())
    await opened.page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor()
    const session = await opened.page.context().storageState()
    for (const look of others) visits.set(look.name, await openPage(browser, server.url, look, session))
  }, 180_000)
  afterAll(async () => {
    for (const { close } of visits.values()) await close()
    await browser?.close()
    await server?.stop()
    await upstream?.stop()
  })

  describe.each(looks)('at $name', ({ name }) => {
    it('sees cost, price and profit of each client', async () => {
      const { page, inspect } = visit(name)
      await page.goto(`${server.url}/money?month=${lastMonth()}`)
      await page.getByRole('heading', { name: 'Money', level: 1 }).waitFor()
      for (const client of ['Fade & Blade', 'Lumen Records', 'Beacon Sales'])
        await page.getByRole('link', { name: client }).first().waitFor()
      await page.getByText('$9.00, then cost × 1.5 beyond $0.50').first().waitFor()
      await page.getByText('google/gemini-2.5-flash').first().waitFor()
      expect(await inspect('money')).toEqual([])
      await page.getByLabel('Group by').selectOption('agent')
      await page
        .getByRole('cell', { name: /Sales coach/ })
        .first()
        .waitFor()
      await page.getByRole('heading', { name: 'Missing prices' }).scrollIntoViewIfNeeded()
      expect(await inspect('money below')).toEqual([])
      // Nothing is wider than the screen.
      expect(await page.evaluate<boolean>('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true)
    })

    it('is told which price is missing', async () => {
      const { page, inspect } = visit(name)
      await page.goto(`${server.url}/money`)
      await page.getByText('Nobody knows the price of house/house-model').waitFor()
      await page.getByRole('link', { name: 'Enter the price' }).click()
      await page.waitForFunction(`(() => {
        const box = document.querySelector('#missing-prices')?.getBoundingClientRect()
        return box !== undefined && box.top >= 0 && box.bottom <= window.innerHeight
      })()`)
      await page.getByRole('button', { name: 'Enter the price of house-model' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel('Input', { exact: true }).waitFor()
      expect(await inspect('enter a price')).toEqual([])
      await page.keyboard.press('Escape')
      await dialog.waitFor({ state: 'detached' })
    })

    it('sees what one client used', async () => {
      const { page, inspect } = visit(name)
      await page.goto(`${server.url}/clients/beacon-sales/usage?month=${lastMonth()}`)
      await page.getByRole('heading', { name: 'Usage', level: 1 }).waitFor()
      await page.getByText('google/gemini-2.5-flash').first().waitFor()
      expect(await inspect('client usage')).toEqual([])
      expect(await page.getByText('Profit').count()).toBe(0)
    })

    it('opens what a client pays, and the closing of a month', async () => {
      const { page, inspect } = visit(name)
      await page.goto(`${server.url}/money?month=${lastMonth()}`)
      await page.getByRole('button', { name: /Change what Beacon Sales pays/ }).click()
      await page.getByRole('dialog').getByLabel('Factor on cost').waitFor()
      expect(await inspect('margin')).toEqual([])
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      await page.getByRole('button', { name: 'Close the month' }).click()
      await page.getByRole('dialog').getByText('a digest that proves them').waitFor()
      expect(await inspect('close month')).toEqual([])
    })
  })

  it('enters the price, changes a rule, exports and closes the month', async () => {
    const { page } = visit(looks[0]?.name ?? '')
    await page.goto(`${server.url}/money`)
    await page.getByRole('button', { name: 'Enter the price of house-model' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Input', { exact: true }).fill('2')
    await dialog.getByLabel('Output', { exact: true }).fill('4')
    await dialog.getByRole('button', { name: 'Enter the price' }).click()
    // 812 tokens at 2 and 19 at 4 USD per million.
    await page.getByText('1 call of open months cost $0.0017 now').waitFor()
    await page.getByText('Every model that was used has a price.').waitFor()
    expect(await page.getByText('Nobody knows the price').count()).toBe(0)

    await page.goto(`${server.url}/money?month=${lastMonth()}`)
    await page.getByRole('button', { name: /Change what Beacon Sales pays/ }).click()
    await dialog.getByLabel('Fixed price').fill('20')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('button', { name: /Change what Beacon Sales pays: \$20\.00/ }).waitFor()

    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Export CSV' }).click()
    expect((await download).suggestedFilename()).toBe(`usage-${lastMonth()}.csv`)

    await page.getByRole('button', { name: 'Close the month' }).click()
    await dialog.getByRole('textbox').fill(lastMonth())
    await dialog.getByRole('button', { name: 'Close the month' }).click()
    await dialog.waitFor({ state: 'detached' })
    await page.getByText('Closed', { exact: true }).waitFor()
    expect(await page.getByRole('button', { name: 'Close the month' }).count()).toBe(0)
  })

  it('met no error and asked no other host', () => {
    for (const { errors, outside } of visits.values()) {
      expect(errors).toEqual([])
      expect(outside).toEqual([])
    }
  })
})
