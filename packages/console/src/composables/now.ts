import { readonly, ref } from 'vue'

const clock = ref(Date.now())
setInterval(() => (clock.value = Date.now()), 30_000)

/** Milliseconds since the epoch, renewed twice a minute: one clock for all relative times. */
export const now = readonly(clock)
