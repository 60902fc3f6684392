import { pino, type Logger, type DestinationStream } from 'pino'

export type { Logger }

const secretPaths = ['password', 'token', 'secret', 'apiKey', 'key', 'authorization', 'cookie'].flatMap((name) => [
  name,
  `*.${name}`,
  `*.*.${name}`,
])

/** Structured log; members whose names speak of secrets are replaced before they are written. */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    redact: { paths: [...secretPaths, 'headers["set-cookie"]', 'headers["x-api-key"]'], censor: '[hidden]' },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
  }
  return destination ? pino(options, destination) : pino(options)
}
