import { computed, inject, provide, type InjectionKey } from 'vue'
import { useRoute } from 'vue-router'
import { apiFor } from '@/api/client'
import type { Role } from '@/api/types'
import { provideMe, useMe } from './use-me'

const levels: Record<'read' | 'use' | 'write' | 'admin' | 'owner', Role[]> = {
  read: ['viewer', 'member', 'admin', 'owner'],
  use: ['member', 'admin', 'owner'],
  write: ['member', 'admin', 'owner'],
  admin: ['admin', 'owner'],
  owner: ['owner'],
}

type Tenant = ReturnType<typeof makeTenant>

const known: InjectionKey<Tenant> = Symbol('tenant')

/** The level the page stands on: a client when the address names one, else the agency. */
export const useTenant = (): Tenant => inject(known, () => makeTenant(useMe()), true)

/** Finds the level and the person once for everything inside of a component. */
export function provideTenant() {
  const me = provideMe()
  const tenant = makeTenant(me)
  provide(known, tenant)
  return { me, tenant }
}

function makeTenant({ agency, clients }: ReturnType<typeof useMe>) {
  const route = useRoute()
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
