import { Buffer } from 'node:buffer'
import { chromium, type Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chromiumFlags, findChromium } from '../testing/chromium.ts'
import { json, startServer, type RunningServer } from '../testing/start-server.ts'
import { newCall } from './new-call.ts'
import { looks, openPage, type ObservedPage } from './observe-page.ts'

const executablePath = findChromium()
if (executablePath === null && process.env['CI'])
  throw new Error(
    'No Chromium found: install `chromium` with your package manager, or set GUILDHALL_CHROMIUM to its path.',
  )

const corners = looks.filter(({ width, theme }) => width > 1000 === (theme === 'light'))

/** The other pages of the sales-call coach, wide and light, narrow and dark. */
describe.skipIf(executablePath === null)('the sales-call coach', () => {
  let server: RunningServer
  let browser: Browser
  let project: string
  const visits = new Map<string, ObservedPage>()
  const visit = (name: string): ObservedPage => {
    const found = visits.get(name)
    if (!found) throw new Error(`nobody visits at ${name}`)
    return found
  }

  beforeAll(async () => {
    server = await startServer({ env: { GUILDHALL_DEMO: '1' } })
    browser = await chromium.launch({ executablePath: executablePath ?? '', args: chromiumFlags })
    const [first, ...others] = corners
    if (!first) throw new Error('there is no look')
    const opened = await openPage(browser, server.url, first)
    visits.set(first.name, opened)
    await opened.page.goto(server.signInLink())
    await opened.page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor()
    const session = await opened.page.context().storageState()
    for (const look of others) visits.set(look.name, await openPage(browser, server.url, look, session))
    project = await readyProject(server)
  }, 180_000)
  afterAll(async () => {
    for (const { close } of visits.values()) await close()
    await browser?.close()
    await server?.stop()
  })

  describe.each(corners)('at $name', ({ name, width }) => {
    const open = async (path: string) => {
      const seen = visit(name)
      await seen.page.goto(`${server.url}/clients/beacon-sales/${path}`)
      return seen
    }
    const openView = (view: string) => open(`projects/${project}/${view}`)

    it('takes pasted words, lets the rep be named, and is deleted and brought back', async () => {
      const { page } = await openView('calls')
      const { said } = newCall(`8${String(width)}`)
      await page.getByRole('button', { name: 'Analyse a call' }).click()
      await page.getByRole('button', { name: 'Paste text' }).click()
      await page.getByRole('textbox', { name: 'Transcript' }).fill(
        said
          .split('\n')
          .map((text, index) => `${index % 2 === 0 ? 'Ruth' : 'Tomas'}: ${text}`)
          .join('\n'),
      )
      await page.getByLabel('Title').fill(`Pasted ${String(width)}`)
      await page.getByRole('dialog').getByRole('button', { name: 'Analyse', exact: true }).click()
      await page.getByRole('heading', { name: `Pasted ${String(width)}` }).waitFor()
      await page.getByText('Who sells?').waitFor()
      await page.getByRole('button', { name: 'That is right' }).click()
      await page.getByText('Who sells?').waitFor({ state: 'hidden' })

      await page.getByRole('button', { name: 'More for this call' }).click()
      await page.getByRole('menuitem', { name: 'Delete' }).click()
      await page.getByText('The call is removed').first().waitFor()
      await page.waitForURL(/\/calls$/)
      await page.getByRole('button', { name: 'Bring back' }).click()
      await page.getByText('The call is back').first().waitFor()
      const back = page.getByText(`Pasted ${String(width)}`).first()
      await back.waitFor()
      expect(await back.isVisible()).toBe(true)
    })

    it('says what is wrong with words that are no call', async () => {
      const { page } = await openView('calls')
      await page.getByRole('button', { name: 'Analyse a call' }).click()
      await page.locator('[data-transcript-file]').setInputFiles({
        name: 'broken.json',
        mimeType: 'application/json',
        buffer: Buffer.from('{"vcon": "0.4.0", "parties": ['),
      })
      await page.getByRole('dialog').getByRole('button', { name: 'Analyse', exact: true }).click()
      const refusal = page.getByRole('alert').filter({ hasText: 'JSON' })
      await refusal.waitFor()
      expect(await refusal.innerText()).toContain('Export the file again')
    })

    it('plays a prospect and scores the rep with their own words', async () => {
      const { page, inspect } = await openView('role-play')
      await page.getByRole('heading', { name: 'Practise a call' }).waitFor()
      expect(await inspect('role-play')).toEqual([])
      await page.getByRole('button', { name: /Easy one objection/ }).click()
      await page.getByRole('button', { name: 'Call', exact: true }).click()
      const field = page.getByRole('textbox', { name: 'What do you say?' })
      const said = 'Hello Robin, this is Ruth from Beacon. How do you hand out the jobs in the morning?'
      await field.fill(said)
      await field.press('Enter')
      await page.getByRole('log').locator('p').nth(3).waitFor()
      expect(await inspect('role-play running')).toEqual([])
      await page.getByRole('button', { name: 'End and score' }).click()
      await page.getByRole('button', { name: 'Practise again' }).waitFor()
      const quotes = await page.locator('[data-evidence] q').allTextContents()
      expect(quotes.length).toBeGreaterThan(0)
      const spoken = await page.getByRole('region', { name: 'Transcript' }).innerText()
      for (const quote of quotes) expect(spoken).toContain(quote)
      expect(await inspect('role-play scored')).toEqual([])
    })

    it('reads a training material and cites it in the market search', async () => {
      const { page, inspect } = await openView('training')
      await page.getByRole('button', { name: 'Add a material' }).click()
      await page.getByRole('button', { name: 'Text', exact: true }).click()
      const price = `${String(width)} crowns`
      await page
        .getByRole('textbox', { name: 'Text' })
        .fill(`# Rivals\n\nThe rival called Shiftly${String(width)} charges ${price} for each mechanic.`)
      await page.getByRole('textbox', { name: 'Title' }).fill(`Rivals ${String(width)}`)
      await page.getByRole('dialog').getByRole('button', { name: 'Add', exact: true }).click()
      const row =
        width > 1000
          ? page.getByRole('row').filter({ hasText: `Rivals ${String(width)}` })
          : page.getByRole('listitem').filter({ hasText: `Rivals ${String(width)}` })
      await row.getByText('Ready').waitFor()
      expect(await inspect('training')).toEqual([])

      await openView('market')
      await page
        .getByRole('searchbox', { name: 'Question about the market' })
        .fill(`What does Shiftly${String(width)} charge?`)
      await page.keyboard.press('Enter')
      await page.getByRole('heading', { name: 'Sources' }).waitFor()
      expect(await page.getByRole('region', { name: 'Answer' }).innerText()).toContain(price)
      expect(await inspect('market')).toEqual([])
    })

    it('says what an image needs', async () => {
      const { page, inspect } = await openView('campaign-image')
      await page.getByRole('textbox', { name: /What should it show/ }).fill('A quiet front desk')
      await page.getByRole('button', { name: 'Make the image' }).click()
      await page.getByText('No image model is connected').waitFor()
      expect(await inspect('campaign image')).toEqual([])
    })

    it('imports the older application after a dry run', async () => {
      const { page, inspect } = await openView('import')
      const dump = {
        clients: JSON.stringify([
          { id: `c${String(width)}`, name: `Hillside ${String(width)}` },
          { id: 'c2', name: '' },
        ]),
        theme: 'dark',
      }
      await page
        .locator('input[type=file]')
        .setInputFiles({ name: 'dump.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(dump)) })
      await page.getByText('What would be imported').waitFor()
      await page.getByText('name is missing or cannot be read').waitFor()
      expect(await inspect('import')).toEqual([])
      await page.getByRole('button', { name: 'Import 1 record' }).click()
      await page.getByText('1 record new').waitFor()
    })

    it('keeps files that can be found and handed on', async () => {
      const { page, inspect } = await open('files')
      await page
        .getByText(/\.vtt$/)
        .first()
        .click()
      await page.getByRole('link', { name: 'Download' }).waitFor()
      expect(await inspect('files')).toEqual([])
      const href = await page.getByRole('link', { name: 'Download' }).getAttribute('href')
      const file = await fetch(new URL(href ?? '', server.url))
      expect(await file.text()).toContain('WEBVTT')
    })

    it('met no error, and no request left the host', () => {
      // Refusals that the pages show in place are errors to the browser, not to the person.
      const { errors, outside } = visit(name)
      expect(errors.filter((error) => !/status of 4\d\d/.test(error))).toEqual([])
      expect(outside).toEqual([])
    })
  })
})

/** The demo's coach once its sample calls are there. */
async function readyProject(server: RunningServer): Promise<string> {
  for (let attempt = 0; attempt < 120; attempt++) {
    const { items } = await json<{ items: { id: string; sample: { state: string } }[] }>(
      await server.request('/api/projects', { client: 'beacon-sales' }),
    )
    const [project] = items
    if (project?.sample.state === 'ready') return project.id
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
  throw new Error('the sample calls are not there after a minute')
}
