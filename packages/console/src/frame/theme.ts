import { watchEffect } from 'vue'
import { kept } from '@/composables/kept'
import { useMedia } from '@/composables/use-media'

/** Light, dark or like the system; kept in this browser. `start.js` has set the class before the first paint. */
export const theme = kept('vueuse-color-scheme', ['auto', 'light', 'dark'])

const prefersDark = useMedia('(prefers-color-scheme: dark)')
watchEffect(() => {
  const dark = theme.value === 'dark' || (theme.value === 'auto' && prefersDark.value)
  document.documentElement.classList.toggle('dark', dark)
  document.documentElement.classList.toggle('light', !dark)
})
