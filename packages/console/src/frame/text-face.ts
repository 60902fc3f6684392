import type { Router } from 'vue-router'
import address from '@fontsource-variable/inter/files/inter-latin-wght-normal.woff2?url'

const key = 'guildhall-text-face'

/**
 * Loads the text face. At a first visit it is fetched after the page is shown, since its 48 kB would take the line from
 * what is read, and put on with the next page: the system's face in nearly the same measures (app.css) stands in until
 * then, and no line breaks anew under the reader's eyes. Later it comes from the browser's cache, at once.
 */
export function loadTextFace(router: Router): void {
  if (isKept()) void putOn()
  else setTimeout(() => void fetchFor(router), 1500)
}

function isKept(): boolean {
  try {
    return localStorage.getItem(key) !== null
  } catch {
    // Storage may be forbidden.
    return false
  }
}

async function fetchFor(router: Router): Promise<void> {
  try {
    const answer = await fetch(address)
    if (!answer.ok) return
    await answer.arrayBuffer()
  } catch {
    return
  }
  const stop = router.afterEach(() => {
    stop()
    void putOn()
  })
}

const putOn = () =>
  import('@fontsource-variable/inter/wght.css').then(() => localStorage.setItem(key, 'kept')).catch(() => undefined)
