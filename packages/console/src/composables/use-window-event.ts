import { onScopeDispose } from 'vue'

/** Listens to the window for as long as the component lives. */
export function useWindowEvent<K extends keyof WindowEventMap>(
  name: K,
  listener: (event: WindowEventMap[K]) => void,
): void {
  window.addEventListener(name, listener)
  onScopeDispose(() => window.removeEventListener(name, listener))
}
