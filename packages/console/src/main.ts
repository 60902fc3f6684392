import './app.css'
import './frame/theme'
import { VueQueryPlugin } from '@tanstack/vue-query'
import { createApp } from 'vue'
import App from './App.vue'
import { keepSession, readMe } from './api/me'
import { loadAppFrame, loadPublicFrame } from './frame/load-frame'
import { loadTextFace } from './frame/text-face'
import { nextTask } from './composables/next-task'
import { createQueryClient } from './api/query-client'
import { createConsoleRouter } from './router'

/** In several tasks: a phone would be held up by all of it at once. */
async function start() {
  await nextTask()
  const queryClient = createQueryClient()
  const router = createConsoleRouter(queryClient)
  await nextTask()
  // What the first page needs is asked for at once, not one after the other.
  const first = router.resolve(location.pathname + location.search)
  if (!first.meta.public) void readMe(queryClient).catch(() => undefined)
  for (const record of first.matched) {
    const page = record.components?.['default']
    if (typeof page === 'function') void Promise.resolve((page as () => unknown)()).catch(() => undefined)
  }
  const frame = first.meta.public ? loadPublicFrame() : loadAppFrame()
  await nextTask()
  const app = createApp(App).use(VueQueryPlugin, { queryClient }).use(router)

  // The skeleton of index.html stays until there is a page to show in its place.
  await Promise.allSettled([router.isReady(), frame])
  await nextTask()
  app.mount('#app')
  loadTextFace(router)
  if (!first.meta.public) keepSession()
}

// Not a top-level await: pages import from the chunk of this module, and would wait for it while it waits for them.
void start()
