import type { QueryClient } from '@tanstack/vue-query'
import { answer, apiFor } from './client'
import type { Me } from './types'

export const meKey = ['me'] as const

export function fetchMe(): Promise<Me> {
  return answer(apiFor(null).GET('/api/me', {}))
}

/** Who is signed in, from memory when it was asked for lately. */
export function readMe(queryClient: QueryClient): Promise<Me> {
  return queryClient.ensureQueryData({ queryKey: meKey, queryFn: fetchMe, staleTime: 60_000 })
}
