import { onScopeDispose, shallowRef, watch, type Ref } from 'vue'

/** What a field says once nobody has typed for `ms`. */
export function debounced<T>(source: Readonly<Ref<T>>, ms = 250): Readonly<Ref<T>> {
  const settled = shallowRef(source.value)
  let waiting: ReturnType<typeof setTimeout> | undefined
  watch(source, (value) => {
    clearTimeout(waiting)
    waiting = setTimeout(() => (settled.value = value), ms)
  })
  onScopeDispose(() => clearTimeout(waiting))
  return settled
}
