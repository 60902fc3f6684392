import { computed } from 'vue'
import { useRoute } from 'vue-router'
import { apiFor } from '@/api/client'
import type { Role } from '@/api/types'
import { useMe } from './use-me'

const levels: Record<'read' | 'use' | 'write' | 'admin' | 'owner', Role[]> = {
  read: ['viewer', 'member', 'admin', 'owner'],
  use: ['member', 'admin', 'owner'],
  write: ['member', 'admin', 'owner'],
  admin: ['admin', 'owner'],
  owner: ['owner'],
}

/** The level the page stands on: a client when the address names one, else the agency. */
export function useTenant() {
  const route = useRoute()
  const { agency, clients } = useMe()
  const client = computed(() => ('client' in route.params ? route.params.client : null))
  const tenant = computed(() =>
    client.value === null ? agency.value : (clients.value.find((entry) => entry.slug === client.value) ?? null),
  )
  return {
    /** Slug of the client, null at the agency. */
    client,
    tenant,
    api: computed(() => apiFor(client.value)),
    /** Where the level's pages start: `/clients/<slug>` or nothing. */
    base: computed(() => (client.value === null ? '' : `/clients/${client.value}`)),
    /** Whether the signed-in person's role here covers a level; what it does not cover is not offered. */
    can: (level: keyof typeof levels) => (tenant.value ? levels[level].includes(tenant.value.role) : false),
  }
}
