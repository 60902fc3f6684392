import { newId, notFound, operation } from '@guildhall/kernel'
import { clientsOf } from '@guildhall/modules/identity'
import { and, eq, isNull } from 'drizzle-orm'
import { z } from 'zod'
import { assertNotClosed } from '../assert-not-closed.ts'
import { ClientSlug, Money, Month } from '../ledger-output.ts'
import { startOf } from '../months.ts'
import { marginRules } from '../schema.ts'
import { Margin } from './list-margins.ts'

export const setMargin = operation({
  name: 'ledger.set-margin',
  summary: 'Set what a client pays for its usage from a month on',
  description:
    'Price of a month = fixed + (cost - included, at least 0) × multiplier, rounded once to the micro-unit, half away from zero. Replaces the rule of the same client and month. Closed months keep their price: the first month may not be before the first open one.',
  route: 'PUT /ledger/margins',
  permission: 'ledger:admin',
  tenant: 'agency',
  input: z.object({
    client: ClientSlug.optional().describe('Default: all clients without a rule of their own'),
    from: Month,
    multiplierPermille: z
      .int()
      .min(0)
      .max(100_000)
      .default(1000)
      .describe('Parts per thousand of the cost: 1500 = cost and half again'),
    fixedMicros: Money.int().min(0).max(1e15).default(0),
    includedMicros: Money.int().min(0).max(1e15).default(0),
  }),
  output: Margin,
  async run({ client, from, ...terms }, tx) {
    await assertNotClosed(tx, from)
    const [found] = client === undefined ? [] : await clientsOf(tx.db, tx.tenant.id, client)
    if (client !== undefined && !found) throw notFound('client', client)
    const clientId = found?.id ?? null
    const validFrom = startOf(from)
    await tx.db
      .delete(marginRules)
      .where(
        and(
          eq(marginRules.tenantId, tx.tenant.id),
          clientId === null ? isNull(marginRules.clientId) : eq(marginRules.clientId, clientId),
          eq(marginRules.validFrom, validFrom),
        ),
      )
    const values = {
      id: newId(),
      tenantId: tx.tenant.id,
      clientId,
      validFrom,
      ...terms,
      createdAt: tx.now(),
      createdBy: `${tx.actor.type}:${tx.actor.id}`,
    }
    await tx.db.insert(marginRules).values(values)
    tx.audit({
      targets: [{ type: 'margin-rule', id: values.id }],
      metadata: { client: client ?? null, from, ...terms },
    })
    return { ...values, from, client: found ? { slug: found.slug, name: found.name } : null }
  },
})
