import { onScopeDispose, watch, type Ref } from 'vue'

/**
 * Asks for more rows whenever the end of a scrolling part comes nearer than `distance` px, and again while what came
 * does not fill it.
 */
export function useMore(
  scroller: Readonly<Ref<HTMLElement | null>>,
  more: () => void,
  { distance, wanted }: { distance: number; wanted: () => boolean },
): void {
  let asked = false
  let element: HTMLElement | null = null
  const look = () => {
    if (asked || !element?.isConnected || element.clientHeight === 0 || !wanted()) return
    if (element.scrollHeight - element.scrollTop - element.clientHeight > distance) return
    asked = true
    more()
    // What was asked for has its place a moment later.
    setTimeout(() => {
      asked = false
      look()
    }, 100)
  }
  watch(
    scroller,
    (next) => {
      element?.removeEventListener('scroll', look)
      element = next
      element?.addEventListener('scroll', look, { passive: true })
      requestAnimationFrame(look)
    },
    { immediate: true, flush: 'post' },
  )
  watch(wanted, () => requestAnimationFrame(look))
  onScopeDispose(() => element?.removeEventListener('scroll', look))
}
