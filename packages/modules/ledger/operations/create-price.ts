import { invalidInput, newId, operation } from '@guildhall/kernel'
import { clientsOf } from '@guildhall/modules/identity'
import { z } from 'zod'
import { ClientSlug, Money, Override, Prices } from '../ledger-output.ts'
import { pricesTopic } from '../price-book.ts'
import { priceUnpriced, type Repriced } from '../price-unpriced.ts'
import { forClient, forTenant } from '../reach.ts'
import { priceOverrides, type OverridePrices } from '../schema.ts'

const moment = z.iso.datetime({ offset: true })

export const createPrice = operation({
  name: 'ledger.create-price',
  summary: 'Enter a price: agreed with a provider, or of a model that no list knows',
  description:
    'A client’s own prices come before its agency’s, a model by name before a beginning with `*`, a provider before `*`. What is not named costs as published. Applies to calls from now on; with `correctOpenMonths` also to calls of open months that had no price, by corrections.',
  route: 'POST /ledger/prices',
  permission: 'ledger:admin',
  tenant: 'agency',
  status: 201,
  input: z.object({
    client: ClientSlug.optional().describe('For one client only; default: the agency and all its clients'),
    provider: z.string().trim().min(1).max(100).describe('Slug of the connection; `*` = any'),
    model: z
      .string()
      .trim()
      .min(1)
      .max(200)
      .regex(/^[^*]*\*?$/, 'may have one * at its end')
      .describe('Name of the model; a trailing `*` matches what begins so'),
    prices: Prices,
    validFrom: moment
      .optional()
      .describe('Default: now; with `correctOpenMonths`, the earliest call that is corrected'),
    validTo: moment.nullable().default(null),
    note: z.string().trim().max(500).nullable().default(null),
    correctOpenMonths: z.boolean().default(false).describe('Books corrections for calls that had no price'),
  }),
  output: Override.omit({ client: true }).extend({
    corrections: z.object({
      corrected: z.int(),
      costMicros: Money,
      left: z.int().describe('Calls that still have no price, because the override lacks what they are charged by'),
    }),
  }),
  async run({ client, correctOpenMonths, ...input }, tx) {
    const prices = pricesOf(input.prices)
    if (Object.keys(prices).length === 0)
      throw invalidInput([{ field: 'prices', message: 'must name at least one price' }])
    const validFrom = input.validFrom ? new Date(input.validFrom) : correctOpenMonths ? new Date(0) : tx.now()
    const validTo = input.validTo ? new Date(input.validTo) : null
    if (validTo && validTo <= validFrom) throw invalidInput([{ field: 'validTo', message: 'must be after validFrom' }])
    const { provider, model, note } = input
    const createdBy = `${tx.actor.type}:${tx.actor.id}`
    const id = newId()
    const values = { id, provider, model, prices, validFrom, validTo, note, createdBy, createdAt: tx.now() }
    const corrections: Repriced = { corrected: 0, costMicros: 0, left: 0 }
    await forClient(tx, client, async (own) => {
      await own.db.insert(priceOverrides).values({ ...values, tenantId: own.tenant.id })
    })
    if (correctOpenMonths) {
      const all = [tx.tenant, ...(await clientsOf(tx.db, tx.tenant.id))]
      for (const tenant of client === undefined ? all : all.filter((each) => each.slug === client)) {
        const done = await forTenant(tx, tenant, (own) =>
          priceUnpriced(own, values, note ?? `Price of ${provider}/${model} entered`),
        )
        corrections.corrected += done.corrected
        corrections.costMicros += done.costMicros
        corrections.left += done.left
      }
    }
    // An agency's price is one of all its clients.
    tx.notice(pricesTopic, '')
    tx.audit({
      targets: [{ type: 'price', id, name: `${provider}/${model}` }],
      metadata: { client: client ?? null, prices, ...corrections },
    })
    return { ...values, corrections }
  },
})

/** Without members that are undefined. */
function pricesOf(given: z.output<typeof Prices>): OverridePrices {
  const prices: OverridePrices = {}
  for (const name of Prices.keyof().options) {
    const price = given[name]
    if (price !== undefined) prices[name] = price
  }
  return prices
}
