import type { Problem } from '@guildhall/kernel'

/** The error object of the OpenAI API. */
export function errorObject(problem: Problem): { message: string; type: string; param: string | null; code: string } {
  const kind =
    problem.status >= 500
      ? 'server_error'
      : problem.status === 429
        ? 'rate_limit_error'
        : problem.status === 403
          ? 'permission_error'
          : 'invalid_request_error'
  return {
    message: problem.message,
    type: kind,
    param: problem.errors[0]?.field || null,
    code: problem.status === 401 ? 'invalid_api_key' : problem.type.replaceAll('-', '_'),
  }
}

/** A problem in the dialect of the OpenAI API. */
export function renderOpenAIProblem(problem: Problem, requestId: string): Response {
  return Response.json(
    { error: { ...errorObject(problem), ...problem.extensions, request_id: requestId } },
    { status: problem.status, headers: { 'cache-control': 'no-store', ...problem.headers } },
  )
}
