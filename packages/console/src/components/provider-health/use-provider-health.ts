import { toValue, type MaybeRefOrGetter } from 'vue'
import { answer } from '@/api/client'
import type { Answer } from '@/api/types'
import { useRead } from '@/composables/use-read'

export type ProviderHealth = Answer<'/api/provider-health'>['items'][number]
export type HealthPeriod = Answer<'/api/provider-health'>['period']

export const useProviderHealth = (period: MaybeRefOrGetter<HealthPeriod>) =>
  useRead(
    () => ['provider-health', toValue(period)],
    (api, signal) =>
      answer(api.GET('/api/provider-health', { params: { query: { period: toValue(period) } }, signal })),
    { refresh: 10_000, keep: true },
  )
