import { computed } from 'vue'
import { answer } from '@/api/client'
import type { Answer, ApiKey } from '@/api/types'
import { useAgents } from '@/composables/use-agents'
import { useMe } from '@/composables/use-me'
import { useMembers } from '@/composables/use-people'
import { useProjects } from '@/composables/use-projects'
import { useProviders } from '@/composables/use-providers'
import { useRead } from '@/composables/use-read'
import { useTenant } from '@/composables/use-tenant'

export type Budget = Answer<'/api/budgets'>['items'][number]
export type BudgetScope = Budget['scope']
export type KeyPolicy = NonNullable<ApiKey['policy']>

/** Everything that a changed key or budget shows in. */
export const keysRefresh = [['api-keys'], ['budgets'], ['key-limits']] as const

/** What is spent and used changes with every call. */
const refreshMs = 5000

export const useBudgets = () =>
  useRead(['budgets'], (api, signal) => answer(api.GET('/api/budgets', { signal })), { refresh: refreshMs })

export const useKeys = () =>
  useRead(
    ['api-keys', 'with limits'],
    (api, signal) => answer(api.GET('/api/api-keys', { params: { query: { limit: 200 } }, signal })),
    { refresh: refreshMs },
  )

export const useKeyLimits = (id: () => string) =>
  useRead(
    () => ['key-limits', id()],
    (api, signal) => answer(api.GET('/api/api-keys/{id}/limits', { params: { path: { id: id() } }, signal })),
    { refresh: 2000 },
  )

/** Whom keys and budgets can be for, with their names. */
export function useSubjects() {
  const { client, tenant } = useTenant()
  const { agencyName, clients } = useMe()
  const { projects } = useProjects()
  const { agents } = useAgents()
  const members = useMembers()
  const choices = computed<Record<Exclude<BudgetScope, 'tenant' | 'key'>, { value: string; label: string }[]>>(() => ({
    client: client.value === null ? clients.value.map(({ id, name }) => ({ value: id, label: name })) : [],
    project: projects.value.map(({ id, name }) => ({ value: id, label: name })),
    agent: agents.value.map(({ id, name }) => ({ value: id, label: name })),
    user: (members.data.value?.items ?? []).map(({ userId, name }) => ({ value: userId, label: name })),
  }))
  const level = computed(() => (client.value === null ? agencyName.value : (tenant.value?.name ?? '')))
  const nameOf = (scope: Exclude<BudgetScope, 'tenant' | 'key'>, id: string) =>
    choices.value[scope].find(({ value }) => value === id)?.label ?? 'one that is gone'
  return { choices, level, nameOf }
}

/** Names that a request may give as its model: routes, and models as `provider/model`. */
export function useModelNames() {
  const providers = useProviders()
  const routes = useRead(['provider-routes'], (api, signal) => answer(api.GET('/api/provider-routes', { signal })))
  return computed(() => [
    ...[...new Set((routes.data.value?.items ?? []).map(({ alias }) => alias))].map((alias) => ({
      value: alias,
      label: alias,
      description: 'Route',
    })),
    ...(providers.data.value?.items ?? [])
      .filter(({ configured }) => configured !== 'none')
      .flatMap(({ kind, name, models }) => [
        { value: `${kind}/*`, label: `${kind}/*`, description: `All of ${name}` },
        ...models.map(({ id }) => ({ value: `${kind}/${id}`, label: `${kind}/${id}`, description: name })),
      ]),
  ])
}

export type KeyState = 'active' | 'expired' | 'revoked'

export function keyState(key: Pick<ApiKey, 'revokedAt' | 'expiresAt'>, now: number): KeyState {
  if (key.revokedAt !== null) return 'revoked'
  return key.expiresAt !== null && Date.parse(key.expiresAt) <= now ? 'expired' : 'active'
}

const whole = new Intl.NumberFormat('en-US')

/** What a key is held to, a phrase each. */
export function limitsInWords(policy: KeyPolicy | null): string[] {
  if (policy === null) return []
  const { requestsPerMinute, tokensPerMinute, concurrent, allowed } = policy
  return [
    ...(requestsPerMinute === null ? [] : [`${whole.format(requestsPerMinute)} calls/min`]),
    ...(tokensPerMinute === null ? [] : [`${whole.format(tokensPerMinute)} tokens/min`]),
    ...(concurrent === null ? [] : [`${whole.format(concurrent)} at once`]),
    ...(allowed === null ? [] : [allowed.length === 0 ? 'no model' : allowed.join(', ')]),
  ]
}
