import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { describedProject } from '@/api/blueprint-types'
import { answer } from '@/api/client'
import { useRead } from './use-read'
import { useTenant } from './use-tenant'

/** Projects of the current client. */
export function useProjects() {
  const { client, tenant } = useTenant()
  const query = useRead(
    ['projects'],
    (api, signal) => answer(api.GET('/api/projects', { params: { query: { limit: 200 } }, signal })),
    {
      enabled: () => client.value !== null && tenant.value !== null,
    },
  )
  return { query, projects: computed(() => query.data.value?.items ?? []) }
}

/** One project with its collections, views, agents and knowledge; read again while its sample data is on its way. */
export function useProject(id: MaybeRefOrGetter<string>) {
  return useRead(
    () => ['project', toValue(id)],
    async (api, signal) =>
      describedProject(await answer(api.GET('/api/projects/{id}', { params: { path: { id: toValue(id) } }, signal }))),
    { refresh: (last) => (last?.sample.state === 'running' ? 1500 : false) },
  )
}
