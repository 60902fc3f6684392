import type { Problem } from '@guildhall/kernel'
import { frame } from '../surface/event-stream.ts'

const types: Record<number, string> = {
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  503: 'overloaded_error',
  504: 'timeout_error',
  529: 'overloaded_error',
}

/** The error object of the Messages API. */
function messagesError(problem: Problem): { type: string; message: string } {
  const type = types[problem.status] ?? (problem.status >= 500 ? 'api_error' : 'invalid_request_error')
  return { type, message: problem.message }
}

/** The event that ends a stream which broke off; `code` is an extension. */
export function messagesFault(problem: Problem): string {
  const error = { ...messagesError(problem), code: problem.type.replaceAll('-', '_') }
  return frame(JSON.stringify({ type: 'error', error }), 'error')
}

/** A problem in the dialect of the Messages API; `code` and what follows are extensions. */
export function renderAnthropicProblem(problem: Problem, requestId: string): Response {
  const error = { ...messagesError(problem), code: problem.type.replaceAll('-', '_'), ...problem.extensions }
  return Response.json(
    { type: 'error', error, request_id: requestId },
    {
      status: problem.status,
      headers: { 'cache-control': 'no-store', 'request-id': requestId, ...problem.headers },
    },
  )
}
