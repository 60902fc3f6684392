import { onMounted, onScopeDispose, ref, type Ref } from 'vue'

/**
 * Counts from 1 to beyond `last`, one step in each quiet moment after the component is shown: parts of a long page are
 * made one after the other, and what a person does in between is answered at once.
 */
export function useSteps(last: number): Readonly<Ref<number>> {
  const step = ref(1)
  let waiting = 0
  // Safari has no idle moments to offer; the next frame's end is near enough.
  const later = globalThis.requestIdleCallback ?? ((next: () => void) => window.setTimeout(next, 20))
  const cancel = globalThis.cancelIdleCallback ?? window.clearTimeout
  const go = () => {
    step.value += 1
    if (step.value <= last) waiting = later(go, { timeout: 300 })
  }
  onMounted(() => (waiting = later(go, { timeout: 300 })))
  onScopeDispose(() => cancel(waiting))
  return step
}
