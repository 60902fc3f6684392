import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { answer } from '@/api/client'
import { useRead } from './use-read'
import { useTenant } from './use-tenant'

/** Agents of the current client; `published` are those that answer. */
export function useAgents() {
  const { client } = useTenant()
  const query = useRead(
    ['agents'],
    (api, signal) => answer(api.GET('/api/agents', { params: { query: { limit: 200 } }, signal })),
    {
      enabled: () => client.value !== null,
    },
  )
  const agents = computed(() => query.data.value?.items ?? [])
  return { query, agents, published: computed(() => agents.value.filter((agent) => agent.publishedVersion !== null)) }
}

export function useAgent(id: MaybeRefOrGetter<string>) {
  return useRead(
    () => ['agent', toValue(id)],
    (api, signal) => answer(api.GET('/api/agents/{id}', { params: { path: { id: toValue(id) } }, signal })),
  )
}

/** What keeps the draft from being published, asked again after each change of it. */
export function useAgentProblems(id: MaybeRefOrGetter<string>, changedAt: MaybeRefOrGetter<string>) {
  return useRead(
    () => ['agent', toValue(id), 'problems', toValue(changedAt)],
    (api, signal) => answer(api.POST('/api/agents/{id}/validate', { params: { path: { id: toValue(id) } }, signal })),
    { keep: true },
  )
}

export function useAgentVersions(id: MaybeRefOrGetter<string>) {
  return useRead(
    () => ['agent', toValue(id), 'versions'],
    (api, signal) => answer(api.GET('/api/agents/{id}/versions', { params: { path: { id: toValue(id) } }, signal })),
  )
}

export const useAgentTools = () =>
  useRead(['agent-tools'], (api, signal) => answer(api.GET('/api/agent-tools', { signal })))
