import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { correctEntry } from './operations/correct-entry.ts'
import { reverseEntry } from './operations/reverse-entry.ts'
import { startLedgerLab, type LedgerLab } from './testing/ledger-lab.ts'

let lab: LedgerLab
beforeAll(async () => {
  lab = await startLedgerLab()
})
afterAll(() => lab.stop())
afterEach(() => lab.at(null))

describe('a correction', () => {
  test('is an entry of its own that holds the difference, and says who and why', async () => {
    lab.at('2025-03-10T12:00:00Z')
    const one = lab.usage({ costMicros: 500 })
    await lab.book(lab.app.clients[0], [one])
    const first = await lab.app.run(
      correctEntry,
      { id: one.id, client: 'alpha', costMicros: 300, note: 'Credit note 7' },
      lab.agency(),
    )
    expect(first).toMatchObject({
      entry: 'correction',
      refersTo: one.id,
      costMicros: -200,
      tokensIn: 0,
      month: '2025-03',
      note: 'Credit note 7',
      bookedByName: 'Test Person',
    })
    const second = await lab.app.run(
      correctEntry,
      { id: one.id, client: 'alpha', costMicros: 450, tokensIn: 12, note: 'Credit note was wrong' },
      lab.agency(),
    )
    expect(second).toMatchObject({ costMicros: 150, tokensIn: 2, tokensOut: 0 })
    expect(await lab.sumOf(lab.app.clients[0], '2025-03')).toMatchObject({ calls: 1, costMicros: 450, tokensIn: 12 })
    const back = await lab.app.run(reverseEntry, { id: one.id, client: 'alpha', note: 'Never happened' }, lab.agency())
    expect(back).toMatchObject({ entry: 'reversal', costMicros: -450, tokensIn: -12, tokensOut: -5 })
    expect(await lab.sumOf(lab.app.clients[0], '2025-03')).toMatchObject({ costMicros: 0, tokensIn: 0, tokensOut: 0 })
  })

  test('made several times at once comes to what was said last, not to a sum of all', async () => {
    lab.at('2025-03-11T12:00:00Z')
    const one = lab.usage({ costMicros: 500, kind: 'speech' })
    await lab.book(lab.app.clients[1], [one])
    await Promise.all(
      [100, 100, 100, 100].map((costMicros) =>
        lab.app.run(correctEntry, { id: one.id, client: 'beta', costMicros, note: 'In parallel' }, lab.agency()),
      ),
    )
    expect(await lab.sumOf(lab.app.clients[1], '2025-03')).toMatchObject({ costMicros: 100 })
  })

  test('gives an unknown cost a value, and is refused for what is not a call of that client', async () => {
    lab.at('2025-04-10T12:00:00Z')
    const one = lab.usage({ costMicros: null, priceVersion: null })
    await lab.book(lab.app.clients[0], [one])
    expect(await lab.sumOf(lab.app.clients[0], '2025-04')).toMatchObject({ unpriced: 1 })
    const done = await lab.app.run(
      correctEntry,
      { id: one.id, client: 'alpha', costMicros: 70, note: 'From the invoice' },
      lab.agency(),
    )
    expect(await lab.sumOf(lab.app.clients[0], '2025-04')).toMatchObject({ unpriced: 0, costMicros: 70 })
    await expect(
      lab.app.run(correctEntry, { id: one.id, client: 'alpha', note: 'Nothing to correct' }, lab.agency()),
    ).rejects.toMatchObject({ status: 400, errors: [{ field: 'costMicros' }] })
    for (const [id, client] of [
      [one.id, 'beta'],
      [done.id, 'alpha'],
      [one.id, undefined],
    ] as const)
      await expect(
        lab.app.run(correctEntry, { id, client, costMicros: 1, note: 'Not theirs' }, lab.agency()),
      ).rejects.toMatchObject({ status: 404 })
    await expect(
      lab.app.run(
        correctEntry,
        { id: one.id, client: 'alpha', costMicros: 1, note: 'x y z' },
        lab.app.as('owner', lab.app.otherAgency),
      ),
    ).rejects.toMatchObject({ status: 404 })
  })
})
