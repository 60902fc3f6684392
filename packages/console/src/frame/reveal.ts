let waiting: (() => void)[] | null = []

/**
 * Shows the console in the place of the skeleton of index.html. Made unseen until then, over several tasks, so that
 * nobody sees half of it.
 */
export function reveal(): void {
  document.getElementById('boot')?.remove()
  document.getElementById('app')?.removeAttribute('hidden')
  const acts = waiting ?? []
  waiting = null
  for (const act of acts) act()
}

/** Does something that only works on what is seen, as to scroll or to give the focus: at once, or with the first page. */
export function whenShown(act: () => void): void {
  if (waiting) waiting.push(act)
  else act()
}
