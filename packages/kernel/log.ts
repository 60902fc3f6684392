import { pino, stdSerializers, type DestinationStream, type Logger } from 'pino'

export type { Logger }

const secretPaths = ['password', 'token', 'secret', 'apiKey', 'key', 'authorization', 'cookie'].flatMap((name) => [
  name,
  `*.${name}`,
  `*.*.${name}`,
])

/** Structured log; members whose names speak of secrets are replaced before they are written. */
/** Messages of the database layer repeat the values of a query, and PostgreSQL's details those of a row: data, not diagnosis. */
function serialiseError(error: Error): Record<string, unknown> {
  const {
    params: _params,
    query: _query,
    detail: _detail,
    where: _where,
    aggregateErrors: _inner,
    ...rest
  } = stdSerializers.errWithCause(error)
  return JSON.parse(
    JSON.stringify(rest, (key, value: unknown) =>
      hidden.has(key) ? undefined : typeof value === 'string' ? withoutParameters(value) : value,
    ),
  )
}

const hidden = new Set(['params', 'query', 'detail', 'where', 'parameters'])

function withoutParameters(text: string): string {
  return text.replaceAll(/^params: .*$/gm, 'params: [hidden]')
}

export function createLogger(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    serializers: { err: serialiseError, error: serialiseError },
    redact: { paths: [...secretPaths, 'headers["set-cookie"]', 'headers["x-api-key"]'], censor: '[hidden]' },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
  }
  return destination ? pino(options, destination) : pino(options)
}
