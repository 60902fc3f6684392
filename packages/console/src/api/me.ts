import type { QueryClient } from '@tanstack/vue-query'
import { answer, apiFor } from './client'
import type { Me } from './types'

export const meKey = ['me'] as const

export function fetchMe(): Promise<Me> {
  return answer(apiFor(null).GET('/api/me', {}))
}

/**
 * Asks for the session once per start, when the page stands: the sign-in service extends a session that is used. Whoever
 * opens the console now and then stays signed in.
 */
export function keepSession(): void {
  setTimeout(() => void fetch('/api/auth/get-session').catch(() => undefined), 3000)
}

/** Who is signed in, from memory when it was asked for lately. */
export function readMe(queryClient: QueryClient): Promise<Me> {
  return queryClient.ensureQueryData({ queryKey: meKey, queryFn: fetchMe, staleTime: 60_000 })
}
