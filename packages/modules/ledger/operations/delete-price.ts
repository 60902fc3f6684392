import { Id, notFound, operation } from '@guildhall/kernel'
import { and, eq } from 'drizzle-orm'
import { z } from 'zod'
import { ClientSlug } from '../ledger-output.ts'
import { pricesTopic } from '../price-book.ts'
import { forClient } from '../reach.ts'
import { priceOverrides } from '../schema.ts'

export const deletePrice = operation({
  name: 'ledger.delete-price',
  summary: 'Remove a price: calls from now on cost as published again',
  description: 'What was booked with it stays as it was booked.',
  route: 'DELETE /ledger/prices/{id}',
  permission: 'ledger:admin',
  tenant: 'agency',
  input: z.object({ id: Id, client: ClientSlug.optional().describe('Whose price it is; default: the agency’s') }),
  output: z.object({ id: z.uuid() }),
  async run({ id, client }, tx) {
    const removed = await forClient(tx, client, ({ db, tenant }) =>
      db
        .delete(priceOverrides)
        .where(and(eq(priceOverrides.tenantId, tenant.id), eq(priceOverrides.id, id)))
        .returning({ provider: priceOverrides.provider, model: priceOverrides.model }),
    )
    const [row] = removed
    if (!row) throw notFound('price', id)
    tx.notice(pricesTopic, '')
    tx.audit({
      targets: [{ type: 'price', id, name: `${row.provider}/${row.model}` }],
      metadata: { client: client ?? null },
    })
    return { id }
  },
})
