import { answer, listQuery } from '@/api/client'
import type { Answer } from '@/api/types'
import { moneyKey } from '@/components/money/use-money'
import type { ListRead } from '@/components/list/list-types'
import { useRead } from '@/composables/use-read'

export type LedgerEntry = Answer<'/api/ledger/entries'>['items'][number]
export type MonthProof = Answer<'/api/ledger/months/{month}/verification'>

export const readEntries: ListRead<LedgerEntry> = (api, parameters, signal) =>
  answer(api.GET('/api/ledger/entries', { params: { query: listQuery('/api/ledger/entries', parameters) }, signal }))

/** What was booked to an entry later: corrections, and that it was taken back. */
export const useAmendments = (entry: () => LedgerEntry) =>
  useRead(
    () => [...moneyKey, 'entries of', entry().refersTo ?? entry().id],
    (api, signal) =>
      answer(
        api.GET('/api/ledger/entries', {
          params: { query: { refersTo: entry().refersTo ?? entry().id, sort: 'occurredAt', limit: 50 } },
          signal,
        }),
      ),
  )
