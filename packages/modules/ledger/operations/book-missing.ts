import { operation } from '@guildhall/kernel'
import { clientsOf } from '@guildhall/modules/identity'
import { z } from 'zod'
import { bookUsage } from '../book-usage.ts'
import { Money, Month } from '../ledger-output.ts'
import { endOf, startOf } from '../months.ts'
import { forTenant } from '../reach.ts'

const pageSize = 500

export const bookMissing = operation({
  name: 'ledger.book-missing',
  summary: 'Book calls of a month that the runs know and the ledger does not',
  description:
    'For calls of a version that kept no ledger, which otherwise keep their month from being closed. Each is booked with the cost that its run says; what is booked already stays as it is.',
  route: 'POST /ledger/months/{month}/missing-entries',
  permission: 'ledger:admin',
  tenant: 'agency',
  tool: false,
  input: z.object({ month: Month }),
  output: z.object({ month: z.string(), booked: z.int(), costMicros: Money }),
  async run({ month }, tx) {
    let booked = 0
    let costMicros = 0
    for (const tenant of [tx.tenant, ...(await clientsOf(tx.db, tx.tenant.id))])
      await forTenant(tx, tenant, async (own) => {
        const period = { tenantId: tenant.id, from: startOf(month), to: endOf(month) }
        for (;;) {
          const usage = await tx.services.journal.unbooked(own.db, period, pageSize)
          if (usage.length === 0) return
          await bookUsage(own, usage)
          booked += usage.length
          costMicros += usage.reduce((sum, entry) => sum + (entry.costMicros ?? 0), 0)
        }
      })
    tx.audit({ targets: [{ type: 'ledger-month', id: month }], metadata: { booked, costMicros } })
    return { month, booked, costMicros }
  },
})
