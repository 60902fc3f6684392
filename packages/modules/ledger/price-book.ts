import { remember, tenants, type Context, type Database, type Runtime } from '@guildhall/kernel'
import { eq } from 'drizzle-orm'
import type { PriceBook } from './ledger.ts'
import { applies, bySpecificity, overridePrice, type PriceOverride } from './override-price.ts'
import { publishedPrice } from './price.ts'
import { priceOverrides } from './schema.ts'

/** Notices of changed prices: the subject is the tenant, empty = all (an agency's prices are those of its clients too). */
export const pricesTopic = 'ledger.prices'

/** Prices of a tenant. @param own its own overrides, which come before all of its agency's */
export function createPriceBook(own: readonly PriceOverride[], agency: readonly PriceOverride[] = []): PriceBook {
  const ordered = [...own.toSorted(bySpecificity), ...agency.toSorted(bySpecificity)]
  return {
    price(call, usage) {
      const override = ordered.find((each) => applies(each, call))
      return override ? overridePrice(override, call, usage) : publishedPrice(call, usage)
    },
  }
}

/** The price books of this process: loaded once per tenant, forgotten when somebody changes a price. */
export function rememberPrices(runtime: Runtime): (ctx: Context) => PriceBook | Promise<PriceBook> {
  const books = remember<PriceBook>({
    broadcast: runtime.broadcast,
    topic: pricesTopic,
    maxAgeMs: 15 * 60_000,
    maxEntries: 2000,
    load: (tenantId) => loadPriceBook(runtime, tenantId),
  })
  return (ctx) => books.peek(ctx.tenant.id) ?? books.get(ctx.tenant.id)
}

async function loadPriceBook({ database }: Pick<Runtime, 'database'>, tenantId: string): Promise<PriceBook> {
  const read = (id: string) => database.within({ tenantId: id, readOnly: true }, (db) => overridesOf(db, id))
  const [own, [tenant]] = await database.within({ tenantId, readOnly: true }, (db) =>
    Promise.all([
      overridesOf(db, tenantId),
      db.select({ agencyId: tenants.agencyId }).from(tenants).where(eq(tenants.id, tenantId)),
    ]),
  )
  return createPriceBook(own, tenant && tenant.agencyId !== tenantId ? await read(tenant.agencyId) : [])
}

function overridesOf(db: Database, tenantId: string): Promise<PriceOverride[]> {
  const { id, provider, model, prices, validFrom, validTo } = priceOverrides
  return db
    .select({ id, provider, model, prices, validFrom, validTo })
    .from(priceOverrides)
    .where(eq(priceOverrides.tenantId, tenantId))
}
