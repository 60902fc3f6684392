import { Id, operation } from '@guildhall/kernel'
import { z } from 'zod'
import { amendEntry } from '../amend-entry.ts'
import { ClientSlug, Entry } from '../ledger-output.ts'
import { forClient } from '../reach.ts'

export const reverseEntry = operation({
  name: 'ledger.reverse',
  summary: 'Take an entry back by a further one of the opposite sign',
  route: 'POST /ledger/entries/{id}/reversals',
  permission: 'ledger:admin',
  tenant: 'agency',
  status: 201,
  input: z.object({
    id: Id.describe('Entry of a call'),
    client: ClientSlug.optional().describe('Whose entry it is; default: the agency’s own'),
    note: z.string().trim().min(3).max(500).describe('Why'),
  }),
  output: Entry,
  async run({ id, client, note }, tx) {
    const booked = await forClient(tx, client, (own) => amendEntry(own, { entryId: id, to: null, note }))
    tx.audit({
      targets: [{ type: 'usage-entry', id }],
      metadata: {
        client: client ?? null,
        reversal: booked.id,
        costMicros: booked.costMicros,
        month: booked.month,
        note,
      },
    })
    return booked
  },
})
