import type Dropdown from '@nuxt/ui/components/DropdownMenu.vue'
import type PlainModal from '@nuxt/ui/components/Modal.vue'
import type PlainPopover from '@nuxt/ui/components/Popover.vue'
import type PlainSlideover from '@nuxt/ui/components/Slideover.vue'
import { lazyDialog } from './lazy-dialog'
import { lazyTrigger } from './lazy-trigger'

/** What lies over a page, from Nuxt UI; loaded when it is used. */
export const LazyMenu = lazyTrigger<typeof Dropdown>(() => import('@nuxt/ui/components/DropdownMenu.vue'), 'menu')
export const LazyPopover = lazyTrigger<typeof PlainPopover>(() => import('@nuxt/ui/components/Popover.vue'), 'dialog')
export const LazyModal = lazyDialog<typeof PlainModal>(() => import('@nuxt/ui/components/Modal.vue'))
export const LazySlideover = lazyDialog<typeof PlainSlideover>(() => import('@nuxt/ui/components/Slideover.vue'))
