/** One wrong field of an input: where it stands and what is wrong with it. */
export interface FieldProblem {
  /** Dotted path into the input, `items.0.name`; empty for the input as a whole. */
  field: string
  message: string
}

export interface ProblemOptions {
  status: number
  /** Last segment of the problem type, for instance `not-found`. */
  type: string
  title: string
  /** What happened, which input, what to do. Shown to people: no secrets, no internals. */
  detail: string
  errors?: FieldProblem[]
  headers?: Record<string, string>
  /** Further members of the problem document (RFC 9457, section 3.2). */
  extensions?: Record<string, unknown>
  cause?: unknown
}

/** An error that a caller is meant to see, as RFC 9457 problem details. Anything else that is thrown is a bug and answers 500. */
export class Problem extends Error {
  readonly status: number
  readonly type: string
  readonly title: string
  readonly errors: FieldProblem[]
  readonly headers: Record<string, string>
  readonly extensions: Record<string, unknown>

  constructor(options: ProblemOptions) {
    super(options.detail, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'Problem'
    this.status = options.status
    this.type = options.type
    this.title = options.title
    this.errors = options.errors ?? []
    this.headers = options.headers ?? {}
    this.extensions = options.extensions ?? {}
  }
}

/** The document that goes over the wire as `application/problem+json`. */
export function problemDocument(problem: Problem, requestId: string): Record<string, unknown> {
  return {
    type: `https://guildhall.dev/problems/${problem.type}`,
    title: problem.title,
    status: problem.status,
    detail: problem.message,
    ...(problem.errors.length > 0 ? { errors: problem.errors } : {}),
    ...problem.extensions,
    requestId,
  }
}

export function invalidInput(errors: FieldProblem[]): Problem {
  const first = errors[0]
  const where = first?.field ? `${first.field}: ` : ''
  return new Problem({
    status: 400,
    type: 'invalid-input',
    title: 'The input is not valid',
    detail: `${where}${first?.message ?? 'the input does not fit the schema'}`,
    errors,
  })
}

export function notFound(what: string, id?: string): Problem {
  return new Problem({
    status: 404,
    type: 'not-found',
    title: 'Not found',
    detail: id ? `There is no ${what} ${id} here.` : `There is no such ${what} here.`,
  })
}

export function conflict(detail: string, errors: FieldProblem[] = []): Problem {
  return new Problem({ status: 409, type: 'conflict', title: 'Conflict', detail, errors })
}

export function unauthenticated(detail = 'Sign in, or send an API key as `Authorization: Bearer <key>`.'): Problem {
  return new Problem({
    status: 401,
    type: 'unauthenticated',
    title: 'Not signed in',
    detail,
    headers: { 'www-authenticate': 'Bearer' },
  })
}

export function forbidden(detail: string): Problem {
  return new Problem({ status: 403, type: 'forbidden', title: 'Not allowed', detail })
}

/** A part that this act needs is not configured; says which setting would change that. */
export function notConfigured(detail: string, setting: string): Problem {
  return new Problem({
    status: 424,
    type: 'not-configured',
    title: 'Not configured',
    detail,
    extensions: { setting },
  })
}

/** A problem for any thrown value; what is not a Problem becomes a 500 that gives nothing away. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  const database = databaseProblem(error)
  if (database) return database
  return new Problem({
    status: 500,
    type: 'internal',
    title: 'Internal error',
    detail: 'Something went wrong on our side. The request id leads to the details in the server log.',
    cause: error,
  })
}

function sqlState(error: unknown): { code: string; constraint: string | undefined } | null {
  for (
    let current: unknown = error, depth = 0;
    current instanceof Error && depth < 4;
    current = current.cause, depth++
  ) {
    if ('code' in current && typeof current.code === 'string' && /^[0-9A-Z]{5}$/.test(current.code)) {
      const constraint =
        'constraint' in current && typeof current.constraint === 'string' ? current.constraint : undefined
      return { code: current.code, constraint }
    }
  }
  return null
}

/** What PostgreSQL refuses because of the input, as the caller's error (SQLSTATE classes of the PostgreSQL manual, appendix A). */
function databaseProblem(error: unknown): Problem | null {
  const state = sqlState(error)
  switch (state?.code) {
    case '23505':
      return conflict(`This already exists (${state.constraint ?? 'unique constraint'}). Choose another value.`)
    case '23503':
      return new Problem({
        status: 409,
        type: 'reference',
        title: 'Reference to something that is not there',
        detail: `The input refers to something that does not exist here, or that is still in use (${state.constraint ?? 'foreign key'}).`,
        cause: error,
      })
    case '22021':
    case '22P05':
      return invalidInput([
        { field: '', message: 'text holds a character that cannot be stored (NUL, or a lone surrogate)' },
      ])
    case '22003':
    case '22007':
    case '22008':
    case '22P02':
      return new Problem({
        status: 400,
        type: 'invalid-input',
        title: 'The input is not valid',
        detail: 'A number, date or identifier in the input is outside of what can be stored.',
        cause: error,
      })
    case '54000':
      return new Problem({
        status: 400,
        type: 'too-large',
        title: 'Too large',
        detail: 'A value in the input is larger than can be stored or indexed. Shorten it.',
        cause: error,
      })
    case '42501':
      return forbidden('The database refused: this row belongs to another tenant.')
    case '57014':
      return new Problem({
        status: 503,
        type: 'timeout',
        title: 'Took too long',
        detail: 'The database stopped this request at its time limit. Narrow the filter or ask for fewer rows.',
        headers: { 'retry-after': '5' },
        cause: error,
      })
    case '40001':
    case '40P01':
      return new Problem({
        status: 503,
        type: 'try-again',
        title: 'Try again',
        detail: 'Two requests changed the same rows at once and this one gave way. Nothing was changed; send it again.',
        headers: { 'retry-after': '1' },
        cause: error,
      })
    case '53300':
    case '57P01':
    case '57P03':
    case '08006':
      return new Problem({
        status: 503,
        type: 'database-unavailable',
        title: 'Database unavailable',
        detail: 'The database is not answering at the moment. Try again shortly.',
        headers: { 'retry-after': '2' },
        cause: error,
      })
    default:
      return null
  }
}
