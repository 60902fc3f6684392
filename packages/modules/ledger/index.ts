import { defineModule } from '@guildhall/kernel'
import { bookUsage } from './book-usage.ts'
import { publishedPrice } from './price.ts'

export type * from './ledger.ts'
export { bookUsage } from './book-usage.ts'
export * as ledgerSchema from './schema.ts'

/** What everything has cost, for whom, and at which prices. */
export const ledgerModule = defineModule({
  name: 'ledger',
  services: () => ({ ledger: { prices: () => ({ price: publishedPrice }), book: bookUsage } }),
})
