import type { Connection } from '../connection.ts'
import { classifyFailure, type Failure } from './classify-failure.ts'

/**
 * A failure as it may be told to whoever asked: providers repeat the refused key in their words, and with somebody
 * else's key (the agency's, the installation's) neither its address nor its account is the caller's to know.
 */
export function tellFailure(error: unknown, connection: Pick<Connection, 'apiKey' | 'baseUrl' | 'source'>): Failure {
  const failure = classifyFailure(error)
  return { ...failure, message: tellable(failure.message, connection) }
}

const addressAfterCode = /\b(ECONN\w+|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)\s+[^\s,;)]+/g
const addressV4 = /\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b/g
const account = /\b(?:org|proj|acct)[-_][A-Za-z0-9]{6,}/g

function tellable(message: string, { apiKey, baseUrl, source }: Pick<Connection, 'apiKey' | 'baseUrl' | 'source'>) {
  const withoutKey = apiKey ? message.replaceAll(apiKey, '[key]') : message
  if (source === 'own') return withoutKey
  const { host, hostname } = URL.canParse(baseUrl) ? new URL(baseUrl) : { host: '', hostname: '' }
  return [host, hostname]
    .filter((name) => name !== '')
    .reduce((text, name) => text.replaceAll(name, '[address]'), withoutKey)
    .replaceAll(addressAfterCode, '$1 [address]')
    .replaceAll(addressV4, '[address]')
    .replaceAll(account, '[account]')
}
