import { keptFlag } from '@/composables/kept'
import { useMedia } from '@/composables/use-media'
import { computed, ref } from 'vue'

/** What is open in the frame, shared by its parts. */
export const sidebarOpen = ref(false)
export const sidebarCollapsed = keptFlag('guildhall-sidebar-collapsed')
export const paletteOpen = ref(false)

const beside = useMedia('(min-width: 1024px)')
const pinned = keptFlag('guildhall-assistant-open')
const sheet = ref(false)
/** Beside the page it stays open until it is closed; over the page only for now. */
export const assistantOpen = computed({
  get: () => (beside.value ? pinned.value : sheet.value),
  set: (open) => {
    if (beside.value) pinned.value = open
    else sheet.value = open
  },
})
