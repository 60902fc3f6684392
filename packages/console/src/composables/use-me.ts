import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { fetchMe, meKey } from '@/api/me'

/** Who is signed in, and the agency and clients they may work in. */
export function useMe() {
  const query = useQuery({ queryKey: meKey, queryFn: fetchMe, staleTime: 60_000 })
  return {
    query,
    user: computed(() => query.data.value?.user ?? null),
    agency: computed(() => query.data.value?.tenants.find((tenant) => tenant.kind === 'agency') ?? null),
    agencyName: computed(() => query.data.value?.agency?.name ?? 'Guildhall'),
    clients: computed(() => query.data.value?.tenants.filter((tenant) => tenant.kind === 'client') ?? []),
  }
}
