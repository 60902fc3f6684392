import { Id, notFound, operation } from '@guildhall/kernel'
import { and, eq } from 'drizzle-orm'
import { z } from 'zod'
import { assertNotClosed } from '../assert-not-closed.ts'
import { monthOf } from '../months.ts'
import { marginRules } from '../schema.ts'

export const deleteMargin = operation({
  name: 'ledger.delete-margin',
  summary: 'Remove a rule: the one before it applies again',
  description: 'Only while no month in which it applies is closed.',
  route: 'DELETE /ledger/margins/{id}',
  permission: 'ledger:admin',
  tenant: 'agency',
  input: z.object({ id: Id }),
  output: z.object({ id: z.uuid() }),
  async run({ id }, tx) {
    const mine = and(eq(marginRules.tenantId, tx.tenant.id), eq(marginRules.id, id))
    const [rule] = await tx.db.select().from(marginRules).where(mine)
    if (!rule) throw notFound('margin rule', id)
    await assertNotClosed(tx, monthOf(rule.validFrom))
    await tx.db.delete(marginRules).where(mine)
    tx.audit({ targets: [{ type: 'margin-rule', id }], metadata: { from: monthOf(rule.validFrom) } })
    return { id }
  },
})
