import { chromium, type Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chromiumFlags, findChromium } from '../testing/chromium.ts'
import { json, startServer, type RunningServer } from '../testing/start-server.ts'
import { looks, openPage } from './observe-page.ts'

const executablePath = findChromium()
const inClient = { client: 'beacon-sales' }

describe.skipIf(executablePath === null)('what was removed from a collection', () => {
  let server: RunningServer
  let browser: Browser
  let records: string
  let list: string

  beforeAll(async () => {
    server = await startServer({ env: { GUILDHALL_DEMO: '1' } })
    browser = await chromium.launch({ executablePath: executablePath ?? '', args: chromiumFlags })
    const { items } = await json<{ items: { id: string }[] }>(await server.request('/api/projects', inClient))
    const project = items[0]?.id ?? ''
    records = `/api/projects/${project}/collections/clients/records`
    list = `/clients/beacon-sales/projects/${project}/clients`
  }, 180_000)
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  it('is listed with who removed it, and comes back', async () => {
    const [look] = looks
    if (!look) throw new Error('there is no look')
    const { page, inspect, close } = await openPage(browser, server.url, look)
    await page.goto(server.signInLink())
    await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor()
    await page.goto(`${server.url}${list}`)

    await page.getByRole('button', { name: 'Removed prospects and customers' }).click()
    await page.getByText('Nothing was removed').waitFor()
    expect(await inspect('nothing removed')).toEqual([])
    await page.keyboard.press('Escape')

    const made = await json<{ id: string }>(
      await server.request(records, {
        ...inClient,
        method: 'POST',
        body: JSON.stringify({ data: { name: 'Ropewalk Bicycles' } }),
      }),
    )
    await server.request(`${records}/${made.id}`, { ...inClient, method: 'DELETE' })
    await page.reload()
    await page.getByRole('button', { name: 'Removed prospects and customers' }).click()
    const row = page.getByRole('dialog').getByRole('listitem').filter({ hasText: 'Ropewalk Bicycles' })
    expect(await row.textContent()).toMatch(/by .+/)
    expect(await inspect('removed')).toEqual([])

    await row.getByRole('button', { name: 'Bring back Ropewalk Bicycles' }).click()
    await page.getByText('Nothing was removed').waitFor()
    expect((await server.request(`${records}/${made.id}`, inClient)).status).toBe(200)
    await page.keyboard.press('Escape')
    await page.getByText('Ropewalk Bicycles').first().waitFor()
    await close()
  })
})
