import { shallowRef, type Ref } from 'vue'

const known = new Map<string, Readonly<Ref<boolean>>>()

/** Whether a media query fits, followed for as long as the page lives: one listener for everybody who asks the same. */
export function useMedia(query: string): Readonly<Ref<boolean>> {
  const before = known.get(query)
  if (before) return before
  const list = matchMedia(query)
  const fits = shallowRef(list.matches)
  list.addEventListener('change', () => (fits.value = list.matches))
  known.set(query, fits)
  return fits
}
