import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { chromium, type Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chromiumFlags, findChromium } from '../testing/chromium.ts'
import { json, startServer, type RunningServer } from '../testing/start-server.ts'
import { looks, openPage, type ObservedPage } from './observe-page.ts'

const executablePath = findChromium()
const said = 'Ask what has to be different a year from now.'
const client = '/clients/beacon-sales'

/** A compatible server of which the test decides whether it works. */
interface Upstream {
  url: string
  host: string
  works: boolean
  stop(): Promise<void>
}

/** A chat completion in the words of `said`, whole or as a stream. */
function answer(response: ServerResponse, stream: boolean): void {
  const usage = { prompt_tokens: 200, completion_tokens: 50, total_tokens: 250 }
  const head = { id: 'c', created: 1, model: 'm' }
  if (!stream) {
    const choices = [{ index: 0, message: { role: 'assistant', content: said }, finish_reason: 'stop' }]
    const body = JSON.stringify({ ...head, object: 'chat.completion', choices, usage })
    response.writeHead(200, { 'content-type': 'application/json' }).end(body)
    return
  }
  const chunk = (delta: object, finish: string | null, rest: object = {}) =>
    `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: finish }], ...rest })}\n\n`
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.end(`${chunk({ role: 'assistant', content: said }, null)}${chunk({}, 'stop', { usage })}data: [DONE]\n\n`)
}

async function startUpstream(): Promise<Upstream> {
  const server: Server = createServer((request: IncomingMessage, response) => {
    let body = ''
    request.on('data', (part: Buffer) => (body += part.toString()))
    request.on('end', () => {
      if (upstream.works) answer(response, body.includes('"stream":true'))
      else
        response
          .writeHead(503, { 'content-type': 'application/json' })
          .end(JSON.stringify({ error: { message: 'The engine is overloaded', type: 'server_error' } }))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const host = `127.0.0.1:${String(port)}`
  const upstream: Upstream = {
    host,
    url: `http://${host}/v1`,
    works: true,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return upstream
}

/** Nothing is wider than the screen. */
const fits = (page: ObservedPage['page']) =>
  page.evaluate<boolean>('document.documentElement.scrollWidth <= window.innerWidth')

/** Somebody whose answers have to come, whoever fails: makes a route, sees it fail over, and hands out a key with a budget. */
describe.skipIf(executablePath === null)('somebody who runs the gateway', () => {
  let server: RunningServer
  let browser: Browser
  let house: Upstream
  let spare: Upstream
  const visits = new Map<string, ObservedPage>()
  const visit = (name: string): ObservedPage => {
    const found = visits.get(name)
    if (!found) throw new Error(`nobody visits at ${name}`)
    return found
  }
  const first = () => visit(looks[0]?.name ?? '')
  async function call<T>(path: string, method: string, body: object, options: { client?: string } = {}): Promise<T> {
    const response = await server.request(path, { method, body: JSON.stringify(body), ...options })
    if (!response.ok) throw new Error(`${method} ${path} was refused: ${await response.text()}`)
    return json<T>(response)
  }
  const ask = (key: string | undefined, model = 'fast') =>
    server.request('/v1/chat/completions', {
      method: 'POST',
      body: JSON.stringify({ model, messages: [{ role: 'user', content: 'What is a good first question?' }] }),
      ...(key === undefined ? { client: 'beacon-sales' } : { key }),
    })

  beforeAll(async () => {
    house = await startUpstream()
    spare = await startUpstream()
    server = await startServer({
      env: { GUILDHALL_DEMO: '1', GUILDHALL_PRIVATE_HOSTS: `${house.host},${spare.host}` },
    })
    for (const [slug, label, models, { url }] of [
      ['house', 'House server', ['house-large', 'house-small'], house],
      ['spare', 'Spare server', ['spare-medium'], spare],
    ] as const) {
      const connection = { slug, label, models, baseUrl: url, apiKey: `sk-${slug}-1234` }
      await call('/api/providers/openai-compatible', 'PUT', connection)
      await call('/api/ledger/prices', 'POST', { provider: slug, model: '*', prices: { input: 0.4, output: 1.6 } })
    }
    browser = await chromium.launch({ executablePath: executablePath ?? '', args: chromiumFlags })
    const [look, ...others] = looks
    if (!look) throw new Error('there is no look')
    const opened = await openPage(browser, server.url, look)
    visits.set(look.name, opened)
    await opened.page.goto(server.signInLink())
    await opened.page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor()
    const session = await opened.page.context().storageState()
    for (const other of others) visits.set(other.name, await openPage(browser, server.url, other, session))
  }, 180_000)
  afterAll(async () => {
    for (const { close } of visits.values()) await close()
    await browser?.close()
    await server?.stop()
    await house?.stop()
    await spare?.stop()
  })

  it('finds no route yet, and is taught what one is', async () => {
    const { page, inspect } = first()
    await page.goto(`${server.url}/routes`)
    await page.getByText('A route is a name for models').waitFor()
    expect(await inspect('no routes')).toEqual([])
  })

  it('makes a route with two targets, ordered with the keyboard', async () => {
    const { page } = first()
    await page.getByRole('link', { name: 'Make a route' }).click()
    await page.getByRole('heading', { name: 'New route' }).waitFor()
    // What is wrong is said where it is wrong.
    await page.getByLabel('Asked as').fill('Not a name')
    await page.getByRole('button', { name: 'Make the route' }).click()
    await page.getByText('must be lower-case letters').waitFor()
    // The browser counts the refusal as an error of the page.
    expect(first().errors.splice(0)).toEqual([expect.stringContaining('400 (Bad Request)')])
    await page.getByLabel('Asked as').fill('fast')
    await page.getByLabel('For people').fill('Quick and cheap')

    await page.getByLabel('Provider of target 1').selectOption('spare')
    await page.getByRole('button', { name: 'Add a target' }).click()
    await page.getByLabel('Provider of target 2').selectOption('house')
    await page.getByLabel('Model of target 2').fill('house-small')
    await page.getByRole('button', { name: 'Ask target 2 earlier' }).focus()
    await page.keyboard.press('Enter')
    expect(await page.getByLabel('Model of target 1').inputValue()).toBe('house-small')
    // The focus goes with the row.
    expect(await page.evaluate('document.activeElement.getAttribute("aria-label")')).toBe('Ask target 1 later')
    await page.getByLabel('Attempts at one target').fill('1')
    await page.getByRole('button', { name: 'Make the route' }).click()
    await page.getByRole('heading', { name: 'fast', level: 1 }).waitFor()
    await page.getByText('No calls yet').waitFor()
  })

  it('asks it, and sees who answers', async () => {
    const { page } = first()
    await page.getByRole('button', { name: 'Ask fast' }).click()
    const way = page.getByRole('list', { name: 'The way of the call' })
    await way.getByText('Answered', { exact: true }).waitFor()
    await page.getByText(said).waitFor()
    expect(await way.getByText('Stands by').count()).toBe(1)
  })

  it('sees it fail over live when the first target fails, and back when it works again', async () => {
    const { page } = first()
    house.works = false
    await page.getByRole('button', { name: 'Ask fast' }).click()
    const way = page.getByRole('list', { name: 'The way of the call' })
    await way.getByText('the provider failed (HTTP 503)').waitFor()
    await way.getByText('Answered', { exact: true }).waitFor()
    // A program asks meanwhile: the page shows it without being asked to.
    expect((await ask(undefined)).ok).toBe(true)
    await page.getByText(/^Rests \d+ s$/).waitFor()
    expect((await ask(undefined)).ok).toBe(true)
    await page
      .getByText(/House server:.*paused after repeated failures/)
      .first()
      .waitFor()
    await page.getByRole('button', { name: 'Ask every target' }).click()
    await page.getByText('A call now would be answered by').waitFor()
  })

  it('makes a key with a budget for it, and its secret is shown once', async () => {
    const { page, inspect } = first()
    await page.goto(`${server.url}${client}/keys`)
    await page.getByRole('button', { name: 'New key' }).first().click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Name').fill('Website chat')
    await dialog.getByLabel('Only some routes and models').check()
    await dialog.getByRole('button', { name: /Routes and models/ }).click()
    await page.getByRole('group', { name: 'Routes and models' }).getByText('fast', { exact: true }).click()
    await page.keyboard.press('Escape')
    await dialog.getByLabel('Calls').first().fill('60')
    // One call is 200 tokens in and 50 out: 160 micro-units.
    await dialog.getByLabel('Budget').fill('0.0004')
    expect(await inspect('new key')).toEqual([])
    await dialog.getByRole('button', { name: 'Make the key' }).click()
    const secret = (await dialog.locator('[data-secret]').textContent()) ?? ''
    expect(secret).toMatch(/^gh_/)
    expect(await inspect('the secret')).toEqual([])
    await dialog.getByRole('button', { name: 'I have copied it' }).click()
    await dialog.waitFor({ state: 'detached' })
    expect(await page.getByText(secret).count()).toBe(0)

    const answers = [await ask(secret), await ask(secret), await ask(secret), await ask(secret)]
    expect(answers.map(({ status }) => status)).toContain(402)
    expect((await ask(secret, 'house/house-large')).status).toBe(403)
    await page.getByRole('button', { name: /Website chat/ }).click()
    await page.getByRole('meter', { name: 'Budget of Website chat' }).first().waitFor()
    await page.getByText('Then its calls are refused.').waitFor()
    const spent = page.getByRole('meter', { name: 'Budget of Website chat' }).first()
    await expect.poll(async () => Number(await spent.getAttribute('aria-valuenow')), { timeout: 20_000 }).toBe(100)
  })

  it('rotates the key with an overlap, and sets a budget for the client as its agency', async () => {
    const { page, inspect } = first()
    await page.getByRole('button', { name: 'Rotate', exact: true }).click()
    const dialog = page.getByRole('dialog', { name: /Rotate Website chat/ })
    await dialog.getByLabel('The old secret is taken').selectOption('60')
    await dialog.getByRole('button', { name: 'Make a new secret' }).click()
    await page.getByText(/The old secret is taken until/).waitFor()
    await page.getByRole('button', { name: 'I have copied it' }).click()

    await page.goto(`${server.url}/keys`)
    await page.getByRole('button', { name: 'Set a budget' }).first().click()
    const budget = page.getByRole('dialog')
    await budget.getByLabel('Whom').selectOption({ label: 'Beacon Sales' })
    await budget.getByLabel('Budget', { exact: true }).fill('5')
    await budget.getByLabel('When it is spent').selectOption('downgrade')
    expect(await inspect('set a budget')).toEqual([])
    await budget.getByLabel('Ask instead').fill('fast')
    await budget.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('meter', { name: 'Budget of Beacon Sales' }).waitFor()
    await page.getByText('at 100 % fast is asked instead').waitFor()
  })

  it('tests a provider, finds its last failure in words, and who stands in', async () => {
    const { page } = first()
    await page.goto(`${server.url}/provider-health`)
    await page.getByText('Last failure', { exact: true }).waitFor()
    await page.getByText('The engine is overloaded').first().waitFor()
    house.works = true
    await page.getByRole('button', { name: 'Test now House server' }).click()
    await page.getByText(/house-large answered/).waitFor()
    expect(await page.getByText('None of 2 providers is failing').count()).toBe(1)
  })

  it('corrects an entry by a further one, with a reason', async () => {
    const { page, inspect } = first()
    await page.goto(`${server.url}/ledger?outcome=ok&client=beacon-sales`)
    await page.getByRole('row').filter({ hasText: 'spare-medium' }).first().click()
    await page.getByRole('button', { name: 'Correct' }).click()
    const dialog = page.getByRole('dialog', { name: 'Correct the entry' })
    await dialog.getByLabel('Cost').fill('0.002')
    await dialog.getByLabel('Why').fill('The provider has billed more')
    expect(await inspect('correct an entry')).toEqual([])
    await dialog.getByRole('button', { name: 'Book the difference' }).click()
    await page.getByText('Booked to it later').waitFor()
    await page.getByText('The provider has billed more').first().waitFor()

    await page.getByRole('button', { name: 'Close the panel' }).click()
    await page.getByRole('button', { name: 'Months' }).click()
    await page.getByRole('dialog').getByText('Running').waitFor()
    expect(await inspect('months')).toEqual([])
  })

  it('finds the pages in the palette', async () => {
    const { page } = first()
    await page.goto(`${server.url}/`)
    await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor()
    await page.keyboard.press('Control+k')
    await page.getByPlaceholder('Where to, or what to do?').fill('provider hea')
    await page.getByRole('option', { name: 'Provider health' }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Provider health', level: 1 }).waitFor()
    expect(new URL(page.url()).pathname).toBe('/provider-health')
  })

  describe.each(looks)('at $name', ({ name }) => {
    const open = async (path: string, heading: string) => {
      const { page } = visit(name)
      await page.goto(`${server.url}${path}`)
      await page.getByRole('heading', { name: heading, level: 1 }).waitFor()
      return page
    }

    it('sees the routes and one of them', async () => {
      const page = await open('/routes', 'Routes')
      await page.getByText('Quick and cheap').waitFor()
      await page
        .getByText(/House server/)
        .first()
        .waitFor()
      expect(await visit(name).inspect('routes')).toEqual([])
      expect(await fits(page)).toBe(true)
      await page.getByRole('link', { name: /Quick and cheap/ }).click()
      await page.getByRole('heading', { name: 'fast', level: 1 }).waitFor()
      expect(await visit(name).inspect('route')).toEqual([])
      await page.getByRole('button', { name: 'Ask fast' }).click()
      await page.getByRole('link', { name: 'The run' }).waitFor()
      await page.getByRole('link', { name: 'The run' }).scrollIntoViewIfNeeded()
      expect(await visit(name).inspect('route asked')).toEqual([])
      expect(await fits(page)).toBe(true)
      await page.getByRole('link', { name: 'Edit' }).click()
      await page.getByRole('heading', { name: 'Edit', level: 1 }).waitFor()
      expect(await visit(name).inspect('edit a route')).toEqual([])
      expect(await fits(page)).toBe(true)
    })

    it('sees keys, budgets and what is left', async () => {
      const page = await open(`${client}/keys`, 'Keys and limits')
      await page.getByRole('button', { name: /Website chat/ }).waitFor()
      expect(await visit(name).inspect('keys')).toEqual([])
      expect(await fits(page)).toBe(true)
      await page.getByRole('button', { name: /Website chat/ }).click()
      await page.getByText('What is left now').waitFor()
      expect(await visit(name).inspect('key')).toEqual([])
    })

    it('sees how the providers do', async () => {
      const page = await open('/provider-health', 'Provider health')
      await page.getByText('Last failure', { exact: true }).waitFor()
      expect(await visit(name).inspect('provider health')).toEqual([])
      expect(await fits(page)).toBe(true)
    })

    it('sees the entries of the ledger', async () => {
      const page = await open('/ledger', 'Ledger')
      await page.getByText('spare-medium').first().waitFor()
      expect(await visit(name).inspect('ledger')).toEqual([])
      expect(await fits(page)).toBe(true)
    })
  })

  it('revokes the key and removes the route', async () => {
    const { page } = first()
    await page.goto(`${server.url}${client}/keys`)
    await page.getByRole('button', { name: /Website chat/ }).click()
    await page.getByRole('button', { name: 'Revoke' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
    await page.getByText('The key no longer works').waitFor()

    await page.goto(`${server.url}/routes`)
    await page.getByRole('link', { name: /Quick and cheap/ }).click()
    await page.getByRole('button', { name: 'Remove the route' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click()
    await page.getByText('No routes yet').waitFor()
    expect(await fits(page)).toBe(true)
  })

  it('met no error and asked no other host', () => {
    for (const { errors, outside } of visits.values()) {
      expect(errors).toEqual([])
      expect(outside).toEqual([])
    }
  })
})
