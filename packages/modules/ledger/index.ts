import { defineModule } from '@guildhall/kernel'
import { bookUsage } from './book-usage.ts'
import { exportUsage } from './endpoints/export-usage.ts'
import { bookMissing } from './operations/book-missing.ts'
import { closeMonth } from './operations/close-month.ts'
import { correctEntry } from './operations/correct-entry.ts'
import { createPrice } from './operations/create-price.ts'
import { deleteMargin } from './operations/delete-margin.ts'
import { deletePrice } from './operations/delete-price.ts'
import { getProfit } from './operations/get-profit.ts'
import { getUsage } from './operations/get-usage.ts'
import { listAnomalies } from './operations/list-anomalies.ts'
import { listEntries } from './operations/list-entries.ts'
import { listMargins } from './operations/list-margins.ts'
import { listMissingPrices } from './operations/list-missing-prices.ts'
import { listMonths } from './operations/list-months.ts'
import { listPrices } from './operations/list-prices.ts'
import { reverseEntry } from './operations/reverse-entry.ts'
import { setMargin } from './operations/set-margin.ts'
import { verifyMonth } from './operations/verify-month.ts'
import { rememberPrices } from './price-book.ts'
import { spendersInMonth, spentInMonth } from './spent-in-month.ts'

export type * from './journal.ts'
export type * from './ledger.ts'
export type { ChargedUnits } from './schema.ts'
export type { SpentBy } from './spent-in-month.ts'
export { bookUsage } from './book-usage.ts'
export { reachableTenants, type ReachableTenant } from './reach.ts'
export { usageBy, type UsageGroup, type UsageQuery } from './usage-by.ts'
export { unitsOf } from './charged-units.ts'
export * as ledgerSchema from './schema.ts'
export { usageEntries } from './schema.ts'

/** What everything has cost, for whom, and at which prices. */
export const ledgerModule = defineModule({
  name: 'ledger',
  operations: [
    getUsage,
    listEntries,
    correctEntry,
    reverseEntry,
    listMonths,
    closeMonth,
    bookMissing,
    verifyMonth,
    listPrices,
    createPrice,
    deletePrice,
    listMissingPrices,
    listMargins,
    setMargin,
    deleteMargin,
    getProfit,
    listAnomalies,
  ],
  endpoints: [exportUsage],
  services: (runtime) => ({
    ledger: { prices: rememberPrices(runtime), book: bookUsage, spentInMonth, spendersInMonth },
  }),
})
