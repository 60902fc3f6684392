import type { z } from 'zod'
import type { Context } from './context.ts'
import type { Method } from './operation.ts'
import type { Requirement } from './permissions.ts'
import type { Problem } from './problem.ts'

/**
 * A surface that is not one JSON in, one JSON out: an upload, a download with ranges, a stream, or a protocol that
 * somebody else defined. Authentication, tenant, permission, limits and errors are the kernel's, as for operations.
 */
export interface Endpoint {
  /** `area.verb`, unique among operations and endpoints. */
  name: `${string}.${string}`
  summary: string
  /** Absolute: endpoints may stand outside `/api` (`/v1/chat/completions`). `{name}` is one segment, `{name...}` the rest. */
  route: `${Method} /${string}`
  permission: Requirement
  tenant?: 'any' | 'agency' | 'client' | 'none'
  /** Largest request body in bytes; default 1 MiB. Null = the endpoint counts itself while streaming. */
  maxBody?: number | null
  /** Described in the reference; not validated by the kernel. */
  request?: { contentType: string; schema?: z.ZodType }
  response?: { contentType: string; schema?: z.ZodType }
  /** Renders a problem in the dialect of the protocol; default `application/problem+json`. */
  renderProblem?(problem: Problem, requestId: string): Response
  /** Cross-origin callers without cookies are welcome (protocol surfaces used from browsers). */
  cors?: boolean
  run(request: Request, ctx: Context, params: Record<string, string>): Promise<Response>
}

export function endpoint(definition: Endpoint): Endpoint {
  return definition
}
