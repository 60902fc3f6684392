import { operation, type Tenant } from '@guildhall/kernel'
import { clientsOf } from '@guildhall/modules/identity'
import { z } from 'zod'
import { assertOver, closeMonth as close, type ClosedMonth } from '../close-month.ts'
import { clientOf, Month, MonthState } from '../ledger-output.ts'
import { forTenant } from '../reach.ts'

export const closeMonth = operation({
  name: 'ledger.close-month',
  summary: 'Close a month of the agency and all of its clients',
  description:
    'Compares the ledger with the runs, then writes down the sums and a digest of the entries. All or none: a difference anywhere refuses it and lists the runs. A closed month takes no further entry and is not opened again; what comes late counts in the next open month.',
  route: 'POST /ledger/months/{month}/close',
  permission: 'ledger:admin',
  tenant: 'agency',
  tool: false,
  emits: ['ledger.month-closed'],
  input: z.object({ month: Month }),
  output: z.object({ month: z.string(), tenants: z.array(MonthState) }),
  async run({ month }, tx) {
    assertOver(month, tx.now())
    const closed: z.input<typeof MonthState>[] = []
    // In the order of their ids, so that two who close at the same time do not wait for each other in a circle.
    const tenants: Tenant[] = [tx.tenant, ...(await clientsOf(tx.db, tx.tenant.id))].toSorted((a, b) =>
      a.id < b.id ? -1 : 1,
    )
    for (const tenant of tenants)
      closed.push(stateOf(await forTenant(tx, tenant, (own) => close(own, tx.services.journal, month)), tenant))
    tx.emit('ledger.month-closed', { month, tenants: closed.length })
    tx.audit({
      targets: [{ type: 'ledger-month', id: month }],
      metadata: { tenants: closed.length, costMicros: closed.reduce((sum, each) => sum + each.costMicros, 0) },
    })
    return { month, tenants: closed }
  },
})

export function stateOf(
  row: ClosedMonth,
  tenant: Pick<Tenant, 'kind' | 'slug' | 'name'> | undefined,
): z.input<typeof MonthState> {
  return { ...row, client: clientOf(tenant) }
}
