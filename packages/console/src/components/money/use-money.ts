import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { answer } from '@/api/client'
import type { Answer } from '@/api/types'
import { useAddress } from '@/composables/use-address'
import { useRead } from '@/composables/use-read'

export type LedgerMonth = Answer<'/api/ledger/months'>['items'][number]
export type ProfitRow = Answer<'/api/ledger/profit'>['rows'][number]
export type MissingPrice = Answer<'/api/ledger/missing-prices'>['items'][number]
export type AgreedPrice = Answer<'/api/ledger/prices'>['items'][number]
export type UsageGroup = Answer<'/api/ledger/usage'>['rows'][number]
export type Grouping = Answer<'/api/ledger/usage'>['groupBy']

/** Everything that a correction or a price changes is read anew. */
export const moneyKey = ['money'] as const

/** The month that the page is about, from the address; this month without one. */
export function useMonth() {
  const address = useAddress()
  const chosen = address.field('month')
  const current = new Date().toISOString().slice(0, 7)
  return computed({
    get: () => (/^20\d\d-(0[1-9]|1[0-2])$/.test(chosen.value ?? '') ? (chosen.value ?? current) : current),
    set: (month: string) => (chosen.value = month === current ? undefined : month),
  })
}

export const useMonths = () =>
  useRead([...moneyKey, 'months'], (api, signal) =>
    answer(api.GET('/api/ledger/months', { params: { query: {} }, signal })),
  )

export function useUsage(month: MaybeRefOrGetter<string>, groupBy: MaybeRefOrGetter<Grouping>) {
  return useRead(
    () => [...moneyKey, 'usage', toValue(month), toValue(groupBy)],
    (api, signal) =>
      answer(
        api.GET('/api/ledger/usage', {
          params: { query: { month: toValue(month), groupBy: toValue(groupBy) } },
          signal,
        }),
      ),
    { keep: true },
  )
}

export const useProfit = (month: MaybeRefOrGetter<string>) =>
  useRead(
    () => [...moneyKey, 'profit', toValue(month)],
    (api, signal) => answer(api.GET('/api/ledger/profit', { params: { query: { month: toValue(month) } }, signal })),
    { keep: true },
  )
