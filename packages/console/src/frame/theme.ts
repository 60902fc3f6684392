import { useColorMode } from '@vueuse/core'

/**
 * Light, dark or like the system; kept in this browser. One instance for the whole console: each further one would
 * write the class of the page again. `start.js` has set it before the first paint.
 */
export const theme = useColorMode({ emitAuto: true, disableTransition: false })
