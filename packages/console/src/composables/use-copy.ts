import { onScopeDispose, ref } from 'vue'

/** Puts text into the clipboard; `copied` says so for a moment. */
export function useCopy() {
  const copied = ref(false)
  let waiting: ReturnType<typeof setTimeout> | undefined
  onScopeDispose(() => clearTimeout(waiting))
  async function copy(text: string): Promise<void> {
    // The clipboard is offered to secure pages alone; an installation in a house network may have none.
    if (window.isSecureContext) await navigator.clipboard.writeText(text).catch(() => copySelected(text))
    else copySelected(text)
    copied.value = true
    clearTimeout(waiting)
    waiting = setTimeout(() => (copied.value = false), 1500)
  }
  return { copy, copied }
}

function copySelected(text: string): void {
  const area = document.createElement('textarea')
  area.value = text
  area.setAttribute('readonly', '')
  area.style.position = 'fixed'
  area.style.opacity = '0'
  document.body.append(area)
  area.select()
  document.execCommand('copy')
  area.remove()
}
