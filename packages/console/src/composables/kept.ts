import { computed, shallowRef, type WritableComputedRef } from 'vue'

/** A choice that this browser keeps, the same in all its tabs. The first of `values` when nothing is kept. */
export function kept<T extends string>(name: string, values: readonly [T, ...T[]]): WritableComputedRef<T> {
  const chosen = shallowRef(oneOf(values, read(name)))
  addEventListener('storage', (event) => {
    if (event.key === name) chosen.value = oneOf(values, event.newValue)
  })
  return computed({
    get: () => chosen.value,
    set(value) {
      chosen.value = value
      try {
        localStorage.setItem(name, value)
      } catch {
        // Storage may be forbidden; the choice holds until the page is left.
      }
    },
  })
}

/** A switch that this browser keeps; off when nothing is kept. */
export function keptFlag(name: string): WritableComputedRef<boolean> {
  const text = kept(name, ['false', 'true'])
  return computed({ get: () => text.value === 'true', set: (on) => (text.value = on ? 'true' : 'false') })
}

const oneOf = <T extends string>(values: readonly [T, ...T[]], text: string | null): T =>
  values.find((value) => value === text) ?? values[0]

function read(name: string): string | null {
  try {
    return localStorage.getItem(name)
  } catch {
    return null
  }
}
