import { Id, invalidInput, operation } from '@guildhall/kernel'
import { z } from 'zod'
import { amendEntry } from '../amend-entry.ts'
import { ClientSlug, Entry, Money } from '../ledger-output.ts'
import { forClient } from '../reach.ts'

const count = z.int().min(0).max(2_000_000_000).optional()

export const correctEntry = operation({
  name: 'ledger.correct',
  summary: 'Correct an entry by a further one that holds the difference',
  description:
    'Says what the entry should have been; nothing is changed, the difference is booked as an entry of its own. It counts in the month of the call, or in the first open one after it when that is closed.',
  route: 'POST /ledger/entries/{id}/corrections',
  permission: 'ledger:admin',
  tenant: 'agency',
  status: 201,
  input: z.object({
    id: Id.describe('Entry of a call'),
    client: ClientSlug.optional().describe('Whose entry it is; default: the agency’s own'),
    costMicros: Money.int().min(0).max(1e15).optional().describe('What it truly cost, USD micro-units'),
    tokensIn: count,
    tokensOut: count,
    tokensCached: count,
    tokensCacheWrite: count,
    note: z.string().trim().min(3).max(500).describe('Why'),
  }),
  output: Entry,
  async run({ id, client, note, ...given }, tx) {
    // Absent and undefined are the same to a caller, but not to what is stored.
    const to = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
    if (Object.keys(to).length === 0)
      throw invalidInput([{ field: 'costMicros', message: 'must be given, or one of the counts of tokens' }])
    const booked = await forClient(tx, client, (own) => amendEntry(own, { entryId: id, to, note }))
    tx.audit({
      targets: [{ type: 'usage-entry', id }],
      metadata: {
        client: client ?? null,
        correction: booked.id,
        costMicros: booked.costMicros,
        month: booked.month,
        note,
      },
    })
    return booked
  },
})
