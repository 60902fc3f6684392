import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { closeMonth } from './operations/close-month.ts'
import { deleteMargin } from './operations/delete-margin.ts'
import { getProfit } from './operations/get-profit.ts'
import { listMargins } from './operations/list-margins.ts'
import { listPrices } from './operations/list-prices.ts'
import { setMargin } from './operations/set-margin.ts'
import { startLedgerLab, type LedgerLab } from './testing/ledger-lab.ts'

let lab: LedgerLab
beforeAll(async () => {
  lab = await startLedgerLab()
})
afterAll(() => lab.stop())
afterEach(() => lab.at(null))

describe('margins', () => {
  test('make cost a price and a profit, by client and month', async () => {
    lab.at('2026-04-10T12:00:00Z')
    await lab.book(lab.app.clients[0], [lab.usage({ costMicros: 111 })])
    await lab.book(lab.app.clients[1], [lab.usage({ costMicros: 1000 })])
    lab.at('2026-05-10T12:00:00Z')
    await lab.book(lab.app.clients[0], [lab.usage({ costMicros: 12_000_001 })])
    await lab.book(lab.app.clients[1], [lab.usage({ costMicros: 3 }), lab.usage({ costMicros: null })])
    await lab.book(lab.app.agency, [lab.usage({ costMicros: 500 })])
    await lab.app.run(setMargin, { from: '2026-05', multiplierPermille: 1500 }, lab.agency())
    await lab.app.run(
      setMargin,
      {
        client: 'alpha',
        from: '2026-05',
        fixedMicros: 49_000_000,
        includedMicros: 10_000_000,
        multiplierPermille: 2000,
      },
      lab.agency(),
    )
    const { rows, total } = await lab.app.run(getProfit, { month: '2026-05' }, lab.agency())
    const of = (slug: string | null) => rows.find((row) => (row.client?.slug ?? null) === slug)
    expect(of('alpha')).toMatchObject({ costMicros: 12_000_001, priceMicros: 53_000_002, profitMicros: 41_000_001 })
    expect(of('beta')).toMatchObject({ costMicros: 3, priceMicros: 5, profitMicros: 2, unpriced: 1 })
    expect(of(null)).toMatchObject({ costMicros: 500, priceMicros: null, profitMicros: -500 })
    expect(total).toMatchObject({
      costMicros: 12_000_504,
      priceMicros: 53_000_007,
      profitMicros: 40_999_503,
      unpriced: 1,
    })
    expect((await lab.app.run(getProfit, { month: '2026-04' }, lab.agency())).rows).toMatchObject([
      { costMicros: 1000, priceMicros: 1000, rule: null },
      { costMicros: 111, priceMicros: 111 },
    ])
  })

  test('of a closed month stay, and are the agency’s alone', async () => {
    lab.at('2026-06-05T12:00:00Z')
    await lab.app.run(closeMonth, { month: '2026-05' }, lab.agency())
    for (const from of ['2026-05', '2026-01'])
      await expect(lab.app.run(setMargin, { from, multiplierPermille: 9000 }, lab.agency())).rejects.toMatchObject({
        status: 409,
      })
    const { items } = await lab.app.run(listMargins, {}, lab.agency())
    expect(items.map((each) => [each.client?.slug ?? null, each.from])).toHaveLength(2)
    await expect(lab.app.run(deleteMargin, { id: items[0]?.id ?? '' }, lab.agency())).rejects.toMatchObject({
      status: 409,
    })
    const next = await lab.app.run(setMargin, { client: 'beta', from: '2026-06' }, lab.agency())
    await lab.app.run(deleteMargin, { id: next.id }, lab.agency())
    for (const caller of [lab.app.as('owner', lab.app.clients[0]), lab.app.as('member', lab.app.agency)])
      for (const work of [
        () => lab.app.run(getProfit, {}, caller),
        () => lab.app.run(listMargins, {}, caller),
        () => lab.app.run(closeMonth, { month: '2026-05' }, caller),
        () => lab.app.run(listPrices, {}, caller),
      ])
        await expect(work()).rejects.toMatchObject({
          status: expect.toSatisfy((status: number) => status === 403 || status === 400),
        })
    expect((await lab.app.run(listMargins, {}, lab.app.as('owner', lab.app.otherAgency))).items).toEqual([])
  })
})
