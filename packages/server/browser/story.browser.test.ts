import { Buffer } from 'node:buffer'
import { LLMock } from '@copilotkit/aimock'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chromiumFlags, findChromium } from '../testing/chromium.ts'
import { startServer, type RunningServer } from '../testing/start-server.ts'
import { newCall } from './new-call.ts'
import { looks, openPage, type ObservedPage } from './observe-page.ts'

const executablePath = findChromium()
if (executablePath === null && process.env['CI'])
  throw new Error(
    'No Chromium found: install `chromium` with your package manager, or set GUILDHALL_CHROMIUM to its path.',
  )
if (executablePath === null)
  process.stderr.write(
    '\nBROWSER TESTS ARE SKIPPED: no Chromium found. Install `chromium`, or set GUILDHALL_CHROMIUM to its path.\n\n',
  )

const question = 'How do I answer that it is too expensive?'
const written = 'Ask what it would have to bring, then put the price beside what the problem costs.'
const client = '/clients/beacon-sales'

/** The story of a first visit, told once for each size and theme on the same installation. */
describe.skipIf(executablePath === null)('somebody who has never seen it', () => {
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
      content: written,
      usage: { prompt_tokens: 812, completion_tokens: 19, total_tokens: 831 },
    })
    server = await startServer({ env: { GUILDHALL_DEMO: '1', GUILDHALL_PRIVATE_HOSTS: new URL(upstream.url).host } })
    browser = await chromium.launch({ executablePath: executablePath ?? '', args: chromiumFlags })
  }, 180_000)
  afterAll(async () => {
    for (const { close } of visits.values()) await close()
    await browser?.close()
    await server?.stop()
    await upstream?.stop()
  })

  it('opens the printed link and is signed in', async () => {
    const [first, ...others] = looks
    if (!first) throw new Error('there is no look')
    const opened = await openPage(browser, server.url, first)
    visits.set(first.name, opened)
    await opened.page.goto(server.signInLink())
    await opened.page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor()
    expect(new URL(opened.page.url()).pathname).toBe('/')
    const session = await opened.page.context().storageState()
    for (const look of others) visits.set(look.name, await openPage(browser, server.url, look, session))
    // The link has worked once and does not work again.
    const second = await fetch(server.signInLink(), { redirect: 'manual' })
    expect(second.headers.get('set-cookie') ?? '').not.toContain('session_token')
  })

  describe.each(looks)('at $name', ({ name, width, height }) => {
    it('sees the agency and its three clients', async () => {
      const { page, inspect } = visit(name)
      await page.goto(`${server.url}/`)
      for (const title of ['Fade & Blade', 'Lumen Records', 'Beacon Sales'])
        await page.getByRole('main').getByText(title).first().waitFor()
      expect(await inspect('agency')).toEqual([])
    })

    it('opens the sales-call coach of a client', async () => {
      const { page, inspect } = visit(name)
      await page
        .getByRole('main')
        .getByRole('link', { name: /Beacon Sales/ })
        .first()
        .click()
      await page.waitForURL(`**${client}`)
      await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor()
      expect(await inspect('client')).toEqual([])
      await page
        .getByRole('main')
        .getByRole('link', { name: /Sales-call coach/ })
        .first()
        .click()
      await page.getByRole('heading', { name: 'How is the team doing?' }).waitFor()
      await page.getByText('Priya Nair').first().waitFor()
      expect(await inspect('calls')).toEqual([])
    })

    it('gives it a call and gets an analysis whose every quote is in the transcript', async () => {
      const { page, inspect } = visit(name)
      const call = newCall(String(looks.findIndex((look) => look.name === name) + 7001))
      await page.getByRole('button', { name: 'Analyse a call' }).click()
      await page.getByText('Drop the call here').waitFor()
      expect(await inspect('give a call')).toEqual([])
      await page
        .locator('[data-transcript-file]')
        .setInputFiles({ name: call.name, mimeType: 'text/vtt', buffer: Buffer.from(call.vtt) })
      await page.getByRole('dialog').getByRole('button', { name: 'Analyse', exact: true }).click()
      await page.waitForURL(/\/calls\/[0-9a-f-]{36}$/)
      await page.getByRole('heading', { name: 'Who talked' }).waitFor()
      await page.getByText('A next step was agreed.').waitFor()
      expect(await inspect('analysis')).toEqual([])

      const more = page.getByRole('button', { name: /more quotes for/ })
      while ((await more.count()) > 0) await more.first().click()
      const quotes = await page.locator('[data-evidence] q').allTextContents()
      expect(quotes.length).toBeGreaterThan(10)
      for (const quote of quotes) expect(call.said).toContain(quote)

      // A quote leads to its place.
      const chosen = 'it is more than we planned to spend this year'
      await page.locator('[data-evidence]').filter({ hasText: chosen }).first().click()
      const marked = page.getByRole('region', { name: 'Transcript' }).locator('mark').filter({ hasText: chosen })
      await marked.waitFor()
      const place = await marked.first().boundingBox()
      expect(place?.y).toBeLessThan(height)
      expect(await inspect('evidence')).toEqual([])
      if (width < 1000) await page.getByRole('button', { name: 'Analysis', exact: true }).click()
    })

    it('sees the run of the analysis with its steps, milliseconds and cost', async () => {
      const { page, inspect } = visit(name)
      await page.getByRole('link', { name: 'Open the run' }).click()
      await page.getByRole('heading', { name: 'Timeline' }).waitFor()
      await page.getByRole('button', { name: /conversation.*ms/ }).waitFor()
      expect(await page.getByText('$0.00').first().isVisible()).toBe(true)
      expect(await inspect('run of the analysis')).toEqual([])
    })

    it('asks the coach and gets a streamed answer that cites its sources', async () => {
      const { page, inspect } = visit(name)
      const { body, contentType } = await ask(page, server.url)
      expect(contentType).toContain('text/event-stream')
      expect(body.match(/"type":"text-delta"/g)?.length ?? 0).toBeGreaterThan(1)
      const answer = page.getByRole('article', { name: 'Agent' }).last()
      await answer.getByRole('list', { name: 'Sources' }).waitFor()
      const text = await answer.innerText()
      expect(text).toContain('guildhall')
      expect(await inspect('answer')).toEqual([])
      await answer.getByRole('list', { name: 'Sources' }).getByRole('button').first().click()
      const passage = page.locator('blockquote').last()
      await passage.waitFor()
      expect((await passage.innerText()).length).toBeGreaterThan(20)
      expect(await inspect('source')).toEqual([])
      await page.keyboard.press('Escape')
    })

    it('sees the run of the answer: steps, attempts, tokens, milliseconds, cost', async () => {
      const { page, inspect } = visit(name)
      await openRunOfAnswer(page)
      const attempts = page.getByRole('list', { name: /^Attempts of/ })
      await attempts.first().waitFor()
      const facts = await attempts.first().innerText()
      expect(facts).toContain('guildhall')
      expect(facts).toMatch(/tokens\s+[≈\d]/)
      expect(facts).toMatch(/total\s+[\d.]+ m?s/)
      expect(facts).toMatch(/cost\s+\$0\.00/)
      expect(await inspect('run of the answer')).toEqual([])
    })
  })

  it('connects a provider with a key', async () => {
    const { page, inspect } = visit(looks[0]?.name ?? '')
    await page.goto(`${server.url}${client}/providers`)
    await page.getByRole('button', { name: 'Add a compatible server' }).first().click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Name').fill('Lab')
    await dialog.getByLabel('Address').fill(`${upstream.url}/v1`)
    await dialog.getByLabel('API key').fill('lab-key-7f3a')
    await dialog
      .getByRole('textbox', { name: 'Models' })
      .or(dialog.getByPlaceholder('Type and press Enter'))
      .first()
      .fill('lab-model')
    await page.keyboard.press('Enter')
    await dialog.getByRole('button', { name: 'Connect' }).click()
    await page.getByRole('heading', { name: 'Lab' }).waitFor()
    await page.getByText('…7f3a').waitFor()
    expect(await inspect('providers')).toEqual([])
  })

  it.each(looks)('asks the same question and that provider answers, at $name', async ({ name }) => {
    const { page, inspect } = visit(name)
    await ask(page, server.url)
    const answer = page.getByRole('article', { name: 'Agent' }).last()
    await answer.getByText(written).waitFor()
    expect(await answer.innerText()).toContain('lab-model')
    expect(await inspect('answer of the provider')).toEqual([])
    await openRunOfAnswer(page)
    const attempt = page.getByRole('list', { name: /^Attempts of/ }).first()
    await attempt.waitFor()
    const facts = await attempt.innerText()
    expect(facts).toContain('lab-model')
    expect(facts).toMatch(/812 in/)
    // Nobody has told the price of this model: it is not made up.
    expect(facts).toContain('price unknown')
    expect(await inspect('run of the provider')).toEqual([])
    const sent = JSON.stringify(upstream.getRequests().at(-1)?.body)
    expect(sent).toContain(question)
  })

  it.each(looks)('met no error, and no request left the host, at $name', ({ name }) => {
    expect(visit(name).errors).toEqual([])
    expect(visit(name).outside).toEqual([])
  })
})

/** Asks the project's agent in a new conversation and waits for the end of the stream. */
async function ask(page: Page, url: string): Promise<{ body: string; contentType: string }> {
  await page.goto(`${url}${client}/chat`)
  const field = page.getByRole('textbox', { name: /^Ask Sales coach/ })
  await field.fill(question)
  const answering = page.waitForResponse(
    (response) =>
      /\/api\/chats\/[^/]+\/messages$/.test(new URL(response.url()).pathname) && response.request().method() === 'POST',
  )
  await field.press('Enter')
  const response = await answering
  await page.waitForURL(/\/chat\/[0-9a-f-]{36}$/)
  return { body: await response.text(), contentType: response.headers()['content-type'] ?? '' }
}

async function openRunOfAnswer(page: Page): Promise<void> {
  await page.getByRole('article', { name: 'Agent' }).last().locator('a[href*="/runs/"]').click()
  await page.getByRole('heading', { name: 'Timeline' }).waitFor()
}
