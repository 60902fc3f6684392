import { keepPreviousData } from '@tanstack/vue-query'
import { toValue, type MaybeRefOrGetter } from 'vue'
import { apiFor, type Api } from '@/api/client'
import { useQuery } from './use-query'
import { useTenant } from './use-tenant'

interface ReadOptions<T> {
  enabled?: MaybeRefOrGetter<boolean>
  /** Asks again after so many milliseconds, which may depend on the last answer; false = never. */
  refresh?: number | ((last: T | undefined) => number | false)
  /** Keeps the last answer on screen while a changed question is asked. */
  keep?: boolean
}

/**
 * Reads something of the current level. The client's slug is part of the key and of the request, so what was read for
 * one client is never shown for another.
 */
export function useRead<T>(
  key: MaybeRefOrGetter<readonly unknown[]>,
  read: (api: Api, signal: AbortSignal) => Promise<T>,
  options: ReadOptions<T> = {},
) {
  const { client } = useTenant()
  return useQuery<T>(() => ({
    queryKey: ['tenant', client.value, ...toValue(key)],
    queryFn: ({ signal, queryKey }) => read(apiFor(queryKey[1] as string | null), signal),
    enabled: toValue(options.enabled) ?? true,
    refetchInterval: (query) =>
      typeof options.refresh === 'function' ? options.refresh(query.state.data) : (options.refresh ?? false),
    ...(options.keep ? { placeholderData: keepPreviousData } : {}),
  }))
}
