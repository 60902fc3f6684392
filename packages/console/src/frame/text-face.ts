const key = 'guildhall-text-face'

/**
 * Loads the text face. At a first visit after the page is shown: its 48 kB would take the line from what is read, and
 * the system's face in the same measures (app.css) stands in until then. Later it comes from the browser's cache, at once.
 */
export function loadTextFace(): void {
  if (isKept()) void load()
  else setTimeout(() => void load(), 1500)
}

function isKept(): boolean {
  try {
    return localStorage.getItem(key) !== null
  } catch {
    // Storage may be forbidden.
    return false
  }
}

const load = () =>
  import('@fontsource-variable/inter/wght.css').then(() => localStorage.setItem(key, 'kept')).catch(() => undefined)
