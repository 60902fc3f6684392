import { computed } from 'vue'
import { answer } from '@/api/client'
import type { Page } from '@/api/types'
import type { Project } from '@/api/blueprint-types'
import { useRead } from './use-read'
import { useTenant } from './use-tenant'

/** Projects of the current client with their views. */
export function useProjects() {
  const { client } = useTenant()
  const query = useRead(['projects'], (api, signal) => answer<Page<Project>>(api.GET('/api/projects', { params: { query: { limit: 200 } }, signal })), {
    enabled: () => client.value !== null,
  })
  return { query, projects: computed(() => query.data.value?.items ?? []) }
}
