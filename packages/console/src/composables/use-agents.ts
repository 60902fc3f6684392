import { computed } from 'vue'
import type { AgentSummary } from '@/api/agent-types'
import { answer } from '@/api/client'
import type { Page } from '@/api/types'
import { useRead } from './use-read'
import { useTenant } from './use-tenant'

/** Agents of the current client; `published` are those that answer. */
export function useAgents() {
  const { client } = useTenant()
  const query = useRead(['agents'], (api, signal) => answer<Page<AgentSummary>>(api.GET('/api/agents', { params: { query: { limit: 200 } }, signal })), {
    enabled: () => client.value !== null,
  })
  const agents = computed(() => query.data.value?.items ?? [])
  return { query, agents, published: computed(() => agents.value.filter((agent) => agent.publishedVersion !== null && agent.archivedAt === null)) }
}
