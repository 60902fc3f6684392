import { AsyncLocalStorage } from 'node:async_hooks'

/**
 * Milliseconds that a connection may take, for the requests that are made inside. The provider packages stand between
 * the walk, which knows it, and the HTTP client, which needs it, and have no option for it.
 */
export const connectClock = new AsyncLocalStorage<number>()
