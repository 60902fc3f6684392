import { onBeforeUnmount, onMounted, shallowRef, type Ref } from 'vue'

/** Width of an element, px, followed while it is shown; that of the window until it is known. */
export function useWidth(element: Readonly<Ref<HTMLElement | null>>): Readonly<Ref<number>> {
  const width = shallowRef(window.innerWidth)
  const observer = new ResizeObserver(([entry]) => {
    if (entry) width.value = entry.contentRect.width
  })
  onMounted(() => element.value && observer.observe(element.value))
  onBeforeUnmount(() => observer.disconnect())
  return width
}
