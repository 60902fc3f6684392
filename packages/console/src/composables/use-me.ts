import { computed, inject, provide, type InjectionKey } from 'vue'
import { fetchMe, meKey } from '@/api/me'
import { useQuery } from './use-query'

type Me = ReturnType<typeof makeMe>

const known: InjectionKey<Me> = Symbol('me')

/** Who is signed in, and the agency and clients they may work in: as the frame knows it, or asked for without a frame. */
export const useMe = (): Me => inject(known, makeMe, true)

/** Asks once for everything inside of a component. */
export function provideMe(): Me {
  const me = makeMe()
  provide(known, me)
  return me
}

function makeMe() {
  const query = useQuery(() => ({ queryKey: meKey, queryFn: fetchMe, staleTime: 60_000 }))
  return {
    query,
    user: computed(() => query.data.value?.user ?? null),
    agency: computed(() => query.data.value?.tenants.find((tenant) => tenant.kind === 'agency') ?? null),
    agencyName: computed(() => query.data.value?.agency?.name ?? 'Guildhall'),
    clients: computed(() => query.data.value?.tenants.filter((tenant) => tenant.kind === 'client') ?? []),
  }
}
