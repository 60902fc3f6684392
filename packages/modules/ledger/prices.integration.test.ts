import { openBroadcast, type Tenant } from '@guildhall/kernel'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createPrice } from './operations/create-price.ts'
import { deletePrice } from './operations/delete-price.ts'
import { listEntries } from './operations/list-entries.ts'
import { listMissingPrices } from './operations/list-missing-prices.ts'
import { listPrices } from './operations/list-prices.ts'
import { rememberPrices } from './price-book.ts'
import { startLedgerLab, type LedgerLab } from './testing/ledger-lab.ts'

let lab: LedgerLab
beforeAll(async () => {
  lab = await startLedgerLab()
})
afterAll(() => lab.stop())
afterEach(() => lab.at(null))

describe('prices', () => {
  test('that were entered hold for the agency and all its clients, a client’s own before them', async () => {
    lab.at('2026-03-05T12:00:00Z')
    const asked = { listedAs: null, baseUrl: null, provider: 'own', model: 'local-chat', at: lab.app.runtime.now() }
    const used = { input: 1000, output: 100, cached: 0, cacheWrite: 0 }
    const cost = async (tenant: Tenant) =>
      (await lab.app.runtime.services.ledger.prices(lab.context(tenant))).price(asked, used).costMicros
    expect(await cost(lab.app.clients[0])).toBeNull()
    const all = await lab.app.run(
      createPrice,
      { provider: 'own', model: 'local*', prices: { input: 1, output: 2 }, validFrom: '2026-03-01T00:00:00Z' },
      lab.agency(),
    )
    await lab.app.run(
      createPrice,
      { client: 'beta', provider: '*', model: 'local-chat', prices: { input: 3, output: 3 } },
      lab.agency(),
    )
    expect([await cost(lab.app.agency), await cost(lab.app.clients[0]), await cost(lab.app.clients[1])]).toEqual([
      1200, 1200, 3300,
    ])
    expect(await cost(lab.app.otherAgency)).toBeNull()
    const { items } = await lab.app.run(listPrices, {}, lab.agency())
    expect(items.map((each) => [each.model, each.client?.slug ?? null])).toEqual([
      ['local-chat', 'beta'],
      ['local*', null],
    ])
    await lab.app.run(deletePrice, { id: all.id }, lab.agency())
    expect(await cost(lab.app.clients[0])).toBeNull()
    await expect(lab.app.run(deletePrice, { id: all.id }, lab.agency())).rejects.toMatchObject({ status: 404 })
  })

  test('are kept in memory, and a change is known to every process that listens', async () => {
    lab.at('2026-03-06T12:00:00Z')
    const broadcast = await openBroadcast({ url: lab.app.database.appUrl, onError: () => undefined })
    try {
      const prices = rememberPrices({ ...lab.app.runtime, broadcast })
      const ctx = lab.context(lab.app.clients[0])
      const asked = { listedAs: null, baseUrl: null, provider: 'own', model: 'kept', at: new Date('2026-03-07') }
      const used = { input: 1000, output: 0, cached: 0, cacheWrite: 0 }
      expect((await prices(ctx)).price(asked, used).costMicros).toBeNull()
      // From memory: no promise to wait for.
      expect(prices(ctx)).not.toBeInstanceOf(Promise)
      const made = await lab.app.run(
        createPrice,
        { provider: 'own', model: 'kept', prices: { input: 5 } },
        lab.agency(),
      )
      await expect.poll(async () => (await prices(ctx)).price(asked, used).costMicros).toBe(5000)
      await lab.app.run(deletePrice, { id: made.id }, lab.agency())
      await expect.poll(async () => (await prices(ctx)).price(asked, used).costMicros).toBeNull()
    } finally {
      await broadcast.close()
    }
  })

  test('that are missing are listed until they are entered, and the calls of open months are corrected', async () => {
    lab.at('2026-03-20T12:00:00Z')
    const unknown = { provider: 'own', model: 'new-model', costMicros: null, priceVersion: null }
    const cached = { input: 1000, output: 100, cached: 400, cacheWrite: 0, reasoning: 0, estimated: false }
    await lab.book(lab.app.clients[0], [lab.usage({ ...unknown, tokens: cached }), lab.usage(unknown)])
    await lab.book(lab.app.agency, [lab.usage(unknown)])
    await lab.book(lab.app.clients[1], [
      lab.usage({
        ...unknown,
        kind: 'transcription',
        units: { audioSeconds: 12.5 },
        tokens: { ...cached, input: 0, output: 0, cached: 0 },
      }),
    ])
    const missing = async () =>
      (await lab.app.run(listMissingPrices, {}, lab.agency())).items.filter((each) => each.model === 'new-model')
    expect(await missing()).toMatchObject([
      { kind: 'chat', calls: 3, tokensIn: 1020, tokensCached: 400, clients: ['Agency', 'Alpha'] },
      { kind: 'transcription', calls: 1, audioSeconds: 12.5, clients: ['Beta'] },
    ])
    const prices = { input: 2, output: 4, cacheRead: 0.5, perAudioSecond: 0.0001 }
    const entered = await lab.app.run(
      createPrice,
      { provider: 'own', model: 'new-model', prices, correctOpenMonths: true, note: 'Price list of March' },
      lab.agency(),
    )
    expect(entered.corrections).toEqual({ corrected: 4, costMicros: 600 * 2 + 200 + 400 + 2 * 40 + 1250, left: 0 })
    expect(await missing()).toEqual([])
    const again = await lab.app.run(
      createPrice,
      { provider: 'own', model: 'new-model', prices, correctOpenMonths: true },
      lab.agency(),
    )
    expect(again.corrections).toMatchObject({ corrected: 0 })
    const { items } = await lab.app.run(
      listEntries,
      { entry: 'correction', model: 'new-model' },
      lab.app.as('viewer', lab.app.clients[0]),
    )
    expect(items[0]).toMatchObject({ note: 'Price list of March', priceVersion: `override ${entered.id}` })
  })

  test('must say something, and end after they begin', async () => {
    const refused = [
      { prices: {} },
      { prices: { input: 1 }, validFrom: '2026-02-01T00:00:00Z', validTo: '2026-01-01T00:00:00Z' },
      { prices: { input: -1 } },
      { prices: { input: 1 }, model: 'a*b' },
    ]
    for (const input of refused)
      await expect(
        lab.app.run(createPrice, { provider: 'own', model: 'm', ...input }, lab.agency()),
      ).rejects.toMatchObject({
        status: 400,
      })
  })
})
