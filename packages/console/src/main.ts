import './app.css'
import ui from '@nuxt/ui/vue-plugin'
import { VueQueryPlugin } from '@tanstack/vue-query'
import { createApp } from 'vue'
import App from './App.vue'
import { createQueryClient } from './api/query-client'
import { createConsoleRouter } from './router'

const queryClient = createQueryClient()
const router = createConsoleRouter(queryClient)
const app = createApp(App).use(router).use(VueQueryPlugin, { queryClient }).use(ui)

// The skeleton of index.html stays until there is a page to show in its place.
await router.isReady().catch(() => undefined)
app.mount('#app')
