/** A refusal or failure of the server: RFC 9457 problem details, or what stands in for them when it did not answer. */
export class ApiProblem extends Error {
  readonly status: number
  readonly type: string
  readonly title: string
  readonly fields: { field: string; message: string }[]
  readonly requestId: string | null
  /** Name of the setting that would make a `not-configured` act possible. */
  readonly setting: string | null

  constructor(problem: ProblemDocument, status: number, requestId: string | null) {
    super(problem.detail ?? problem.message ?? problem.title ?? `The server answered ${status}.`)
    this.name = 'ApiProblem'
    this.status = status
    this.type = problem.type?.split('/').at(-1) ?? problem.code?.toLowerCase().replaceAll('_', '-') ?? 'unknown'
    this.title = problem.title ?? problem.message ?? 'Something went wrong'
    this.fields = problem.errors ?? []
    this.requestId = problem.requestId ?? requestId
    this.setting = problem.setting ?? null
  }
}

interface ProblemDocument {
  type?: string
  title?: string
  detail?: string
  errors?: { field: string; message: string }[]
  requestId?: string
  setting?: string
  /** Members of the sign-in service's own errors. */
  message?: string
  code?: string
}

function isDocument(value: unknown): value is ProblemDocument {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** @param body what the server sent with its refusal, parsed when it was JSON */
export function problemOf(body: unknown, response: Response): ApiProblem {
  const requestId = response.headers.get('x-request-id')
  if (isDocument(body)) return new ApiProblem(body, response.status, requestId)
  const title =
    response.status >= 500 ? 'The server is not answering as it should' : `The server refused (${response.status})`
  return new ApiProblem({ title, detail: `${title}. Try again in a moment.` }, response.status, requestId)
}

/** The problem for anything that was thrown; a failed connection says so. */
export function asApiProblem(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error
  const offline = error instanceof TypeError
  return new ApiProblem(
    offline
      ? {
          type: 'offline',
          title: 'No connection',
          detail: 'The server cannot be reached. Check the connection and try again.',
        }
      : { type: 'client', title: 'The page failed', detail: error instanceof Error ? error.message : String(error) },
    0,
    null,
  )
}

/** The message for one field of a form; `brand.color` also answers for `brand`. */
export function fieldMessage(problem: ApiProblem | null, field: string): string | undefined {
  return problem?.fields.find((entry) => entry.field === field || entry.field.startsWith(`${field}.`))?.message
}
