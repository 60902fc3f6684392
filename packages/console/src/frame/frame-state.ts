import { useLocalStorage } from '@vueuse/core'
import { ref } from 'vue'

/** What is open in the frame, shared by its parts. */
export const sidebarOpen = ref(false)
export const sidebarCollapsed = useLocalStorage('guildhall-sidebar-collapsed', false)
export const paletteOpen = ref(false)
export const assistantOpen = useLocalStorage('guildhall-assistant-open', false)
