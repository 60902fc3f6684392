import { computed, type WritableComputedRef } from 'vue'
import { useRoute, useRouter, type LocationQueryRaw } from 'vue-router'

/** Changes asked for in one tick go into the address together: a second `replace` would drop the first. */
let waiting: LocationQueryRaw | null = null

/** State that lives in the address, so that it survives reload, back and sharing. */
export function useAddress() {
  const route = useRoute()
  const router = useRouter()

  function read(name: string): string | undefined {
    const value = route.query[name]
    return typeof value === 'string' && value !== '' ? value : undefined
  }

  function change(values: Record<string, string | undefined>) {
    const first = waiting === null
    waiting = { ...waiting, ...values }
    if (!first) return
    queueMicrotask(() => {
      const query: LocationQueryRaw = { ...route.query, ...waiting }
      waiting = null
      for (const [name, value] of Object.entries(query)) if (value === undefined || value === '') delete query[name]
      void router.replace({ query })
    })
  }

  function field(name: string): WritableComputedRef<string | undefined> {
    return computed({ get: () => read(name), set: (value) => change({ [name]: value }) })
  }

  return { read, change, field }
}
