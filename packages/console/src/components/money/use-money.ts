import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { answer } from '@/api/client'
import type { Answer } from '@/api/types'
import { useAddress } from '@/composables/use-address'
import { useRead } from '@/composables/use-read'

export type LedgerMonth = Answer<'/api/ledger/months'>['items'][number]
export type ProfitRow = Answer<'/api/ledger/profit'>['rows'][number]
export type Margin = Answer<'/api/ledger/margins'>['items'][number]
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

const monthName = new Intl.DateTimeFormat('en-US', { month: 'long', year: 'numeric', timeZone: 'UTC' })
/** `2026-11` as `November 2026`. */
export const formatMonth = (month: string) => monthName.format(new Date(`${month}-01T00:00:00Z`))

/** The month so many months away. */
export function monthAway(month: string, months: number): string {
  const [year = 2026, number = 1] = month.split('-').map(Number)
  return new Date(Date.UTC(year, number - 1 + months, 1)).toISOString().slice(0, 7)
}
