import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { answer } from '@/api/client'
import type { Answer } from '@/api/types'
import { useMe } from '@/composables/use-me'
import { useProjects } from '@/composables/use-projects'
import { useRead } from '@/composables/use-read'
import { useTenant } from '@/composables/use-tenant'

export type ProviderRoute = Answer<'/api/provider-routes'>['items'][number]
export type RouteTarget = ProviderRoute['targets'][number]
export type RouteRules = ProviderRoute['rules']
export type RecentCall = Answer<'/api/provider-calls'>['items'][number]
export type CallAttempt = RecentCall['attempts'][number]
export type Circuit = Answer<'/api/provider-circuits'>['items'][number]

/** How often somebody who watches is told. */
const watchingMs = 2000

export const routesKey = ['provider-routes'] as const

export const useRoutes = () => useRead(routesKey, (api, signal) => answer(api.GET('/api/provider-routes', { signal })))

export const useProviderRoute = (id: MaybeRefOrGetter<string>) =>
  useRead(
    () => [...routesKey, toValue(id)],
    (api, signal) => answer(api.GET('/api/provider-routes/{id}', { params: { path: { id: toValue(id) } }, signal })),
  )

export const useCircuits = () =>
  useRead(['provider-circuits'], (api, signal) => answer(api.GET('/api/provider-circuits', { signal })), {
    refresh: watchingMs,
  })

/** @param route alias; undefined = of all routes */
export const useRecentCalls = (
  route: MaybeRefOrGetter<string | undefined>,
  limit: number,
  watching: MaybeRefOrGetter<boolean>,
) =>
  useRead(
    () => ['provider-calls', toValue(route) ?? '', limit],
    (api, signal) => {
      const alias = toValue(route)
      return answer(
        api.GET('/api/provider-calls', { params: { query: { limit, ...(alias ? { route: alias } : {}) } }, signal }),
      )
    },
    { refresh: () => (toValue(watching) ? watchingMs : false), keep: true },
  )

/** Where a route applies, in words. */
export function useRouteScope() {
  const { client, tenant } = useTenant()
  const { agencyName } = useMe()
  const { projects } = useProjects()
  const level = computed(() => (client.value === null ? agencyName.value : (tenant.value?.name ?? '')))
  return (route: Pick<ProviderRoute, 'inherited' | 'projectId'>): string => {
    if (route.inherited) return `all clients of ${agencyName.value}`
    if (route.projectId === null) return client.value === null ? `${level.value} and its clients` : level.value
    return projects.value.find(({ id }) => id === route.projectId)?.name ?? 'One project'
  }
}
