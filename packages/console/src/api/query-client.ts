import { QueryClient } from '@tanstack/vue-query'
import { ApiProblem } from './problem'

/** Answers are shown at once from memory and asked for again when older than this. */
const staleMs = 20_000

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: staleMs,
        // A refusal stays a refusal; only what may pass by itself is tried again.
        retry: (count, error) =>
          count < 2 && error instanceof ApiProblem && (error.status === 0 || error.status === 503),
        retryDelay: (count) => 400 * 2 ** count,
        refetchOnWindowFocus: true,
      },
      mutations: { retry: false },
    },
  })
}
