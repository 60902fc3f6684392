import { useQueryClient } from '@tanstack/vue-query'
import { useRoute, useRouter } from 'vue-router'
import { meKey } from '@/api/me'

/** Where somebody goes after signing in: to where they wanted to, on this host only. */
export function useSessionStart() {
  const route = useRoute()
  const router = useRouter()
  const queryClient = useQueryClient()
  return async () => {
    queryClient.removeQueries({ queryKey: meKey })
    const next = typeof route.query.next === 'string' ? route.query.next : '/'
    await router.replace(next.startsWith('/') && !next.startsWith('//') ? next : '/')
  }
}
