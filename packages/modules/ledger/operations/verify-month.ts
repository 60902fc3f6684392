import { notFound, operation } from '@guildhall/kernel'
import { clientsOf } from '@guildhall/modules/identity'
import { z } from 'zod'
import { closedMonth, verifyMonth as verify } from '../close-month.ts'
import { compareMonth } from '../compare-journal.ts'
import { clientOf, Money, Month } from '../ledger-output.ts'
import { forTenant } from '../reach.ts'

const Result = z.object({
  client: z.object({ slug: z.string(), name: z.string() }).nullable().describe('Null = the agency’s own'),
  unchanged: z.boolean().describe('Whether the entries are to the last character those that were closed'),
  digest: z.string().describe('Of the entries as they are now'),
  closedDigest: z.string(),
  entries: z.int(),
  costMicros: Money,
  differingRuns: z.int().describe('Runs of which ledger and journal say different things'),
})

export const verifyMonth = operation({
  name: 'ledger.verify-month',
  summary: 'Add a closed month up again and compare it with what its closing wrote down',
  route: 'GET /ledger/months/{month}/verification',
  permission: 'ledger:admin',
  tenant: 'agency',
  input: z.object({ month: Month }),
  output: z.object({ month: z.string(), unchanged: z.boolean(), tenants: z.array(Result) }),
  async run({ month }, tx) {
    const tenants: z.input<typeof Result>[] = []
    for (const tenant of [tx.tenant, ...(await clientsOf(tx.db, tx.tenant.id))])
      await forTenant(tx, tenant, async (own) => {
        const closed = await closedMonth(own.db, tenant.id, month)
        if (!closed) return
        const { unchanged, digest, entries, costMicros } = await verify(own, closed)
        const { differing } = await compareMonth(own.db, tx.services.journal, { tenantId: tenant.id, month })
        tenants.push({
          client: clientOf(tenant),
          unchanged,
          digest,
          closedDigest: closed.digest,
          entries,
          costMicros,
          differingRuns: differing,
        })
      })
    if (tenants.length === 0) throw notFound('closed month', month)
    return { month, unchanged: tenants.every((each) => each.unchanged), tenants }
  },
})
