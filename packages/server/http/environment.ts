import type { HttpBindings } from '@hono/node-server'

/** What middleware leaves for handlers. */
export interface HttpEnvironment {
  Bindings: HttpBindings
  Variables: {
    requestId: string
    /** Address of the client, never taken from a header that a client can set. */
    clientAddress: string
  }
}
