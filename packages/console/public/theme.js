// Runs before the first paint: chooses the theme, and the plain skeleton for pages without the frame.
;(function () {
  var choice = 'auto'
  try {
    choice = localStorage.getItem('vueuse-color-scheme') || 'auto'
  } catch {
    // Storage may be forbidden; the system's choice is used.
  }
  var dark = choice === 'dark' || (choice !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  var html = document.documentElement
  if (dark) html.classList.add('dark')
  if (
    /^\/(sign-in|forgot-password|reset-password|invitation|accept-invitation|two-factor|status)(\/|$)/.test(
      location.pathname,
    )
  )
    html.classList.add('public')
})()
