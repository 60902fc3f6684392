import { useNow } from '@vueuse/core'
import { computed } from 'vue'

const clock = useNow({ interval: 30_000 })

/** Milliseconds since the epoch, renewed twice a minute: one clock for all relative times. */
export const now = computed(() => clock.value.getTime())
