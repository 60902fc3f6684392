import {
  anonymousCaller,
  unauthenticated,
  type Authenticator,
  type Broadcast,
  type Logger,
  type TenantDatabase,
} from '@guildhall/kernel'
import { ownMemberships, reachOf, tenantOf } from './access.ts'
import type { Accounts } from './accounts.ts'
import { keyPrefix } from './api-key.ts'
import { noteUse } from './note-use.ts'
import { rememberKeys, unknownClient } from './remember-keys.ts'

export interface AuthenticatorParts {
  database: TenantDatabase
  accounts: Pick<Accounts, 'session'>
  broadcast: Broadcast
  log: Logger
  now: () => Date
}

/** Names the client that a request is for. */
const clientHeader = 'x-guildhall-client'
/**
 * Resolves the caller of a request and the tenant it names. Sessions, memberships and grants are read anew each time.
 * Keys are remembered, but a revoked, rotated or changed one, or one of an archived tenant, is worth nothing from the
 * next request on: whoever changes it tells all processes.
 */
export function createAuthenticator(parts: AuthenticatorParts): Authenticator & {
  /** Resolves when the notes of last use are written. */
  written(): Promise<void>
} {
  const keys = rememberKeys(parts)
  const use = noteUse(parts)
  return {
    written: () => use.written(),
    async authenticate(headers) {
      const slug = headers.get(clientHeader)?.trim().toLowerCase() || undefined
      const key = presentedKey(headers)
      if (key !== null) {
        const found = await keys.find(key, slug)
        use.note(found)
        return found.caller
      }
      const session = await parts.accounts.session(headers)
      // A cookie that has run out is nobody, not an error: its owner is about to sign in.
      if (!session) return anonymousCaller
      const { id, name, email } = session.account
      return await parts.database.within({ tenantId: null, userId: id, readOnly: true }, async (db) => {
        const own = await ownMemberships(db, id)
        const caller = { actor: { type: 'user' as const, id, name, email }, scopes: null, method: 'session' as const }
        if (slug !== undefined) {
          const [reached] = await reachOf(db, id, own, slug)
          if (!reached) throw unknownClient(slug)
          return { ...caller, tenant: tenantOf(reached.tenant), role: reached.role }
        }
        const home =
          own.find((membership) => membership.tenant.kind === 'agency') ?? (own.length === 1 ? own[0] : undefined)
        return { ...caller, tenant: home ? tenantOf(home.tenant) : null, role: home?.role ?? null }
      })
    },
  }
}

/** The API key of a request. Other bearer tokens are not keys and not cookies: they are refused, not ignored. */
function presentedKey(headers: Headers): string | null {
  const direct = headers.get('x-api-key')
  if (direct !== null) return direct.trim()
  const authorization = headers.get('authorization')
  if (authorization === null) return null
  const [scheme = '', value = ''] = authorization.trim().split(/\s+/)
  if (scheme.toLowerCase() !== 'bearer')
    throw unauthenticated(
      `The scheme ${scheme.slice(0, 20)} is not known. Send an API key as \`Authorization: Bearer ${keyPrefix}...\`.`,
    )
  return value
}
