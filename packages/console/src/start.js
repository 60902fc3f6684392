// Stands in the page itself (vite.config.ts) and runs before anything is painted or has arrived: chooses the theme and the
// skeleton, and asks for what this page shows, while the scripts are still on their way (api/early-answers.ts takes it).
;(function () {
  var choice = 'auto'
  try {
    choice = localStorage.getItem('vueuse-color-scheme') || 'auto'
  } catch {
    // Storage may be forbidden; the system's choice is used.
  }
  var html = document.documentElement
  var dark = choice === 'dark' || (choice !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  html.classList.add(dark ? 'dark' : 'light')

  // vue-router parses this before it looks whether it is there, and the error costs a phone a tenth of a second.
  try {
    sessionStorage['vue-router:scroll'] = sessionStorage['vue-router:scroll'] || '{}'
  } catch {
    // Storage may be forbidden.
  }

  var path = location.pathname.replace(/(.)\/$/, '$1')
  var answers = (window.earlyAnswers = {})
  var ask = function (url, client) {
    answers[(client || '') + ' ' + url] = fetch(url, client ? { headers: { 'x-guildhall-client': client } } : {})
  }
  if (/^\/(sign-in|forgot-password|reset-password|invitation|accept-invitation|two-factor|status)(\/|$)/.test(path)) {
    html.classList.add('public')
    if (path === '/sign-in') ask('/api/sign-in-options')
    return
  }
  ask('/api/me')
  if (path === '/') ask('/api/overview/agency')
  var level = /^\/clients\/([\w-]+)(?:\/(\w+)(?:\/([\w-]+)(?:\/calls\/([\w-]+))?)?)?/.exec(path)
  if (!level) return
  var client = level[1]
  var page = level[2]
  var id = level[3]
  if (!page) {
    ask('/api/overview/client', client)
    ask('/api/projects?limit=200', client)
  } else if (page === 'projects' && id) {
    ask('/api/projects/' + id, client)
    if (level[4]) ask('/api/projects/' + id + '/collections/calls/records/' + level[4], client)
  } else if (page === 'runs' && id) ask('/api/runs/' + id, client)
  else if (page === 'runs' && !location.search) ask('/api/runs?limit=50', client)
  else if (page === 'knowledge') ask('/api/knowledge?limit=200', client)
  else if (page === 'chat' && !id) ask('/api/agents?limit=200', client)
  else if (page === 'settings') ask('/api/settings', client)
})()
