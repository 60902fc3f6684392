/**
 * Shows the console in the place of the skeleton of index.html. Made unseen until then, over several tasks, so that
 * nobody sees half of it.
 */
export function reveal(): void {
  const boot = document.getElementById('boot')
  if (!boot) return
  boot.remove()
  document.getElementById('app')?.removeAttribute('hidden')
}
