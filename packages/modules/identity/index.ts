import { defineModule, type Module, type Runtime } from '@guildhall/kernel'
import { Pool } from 'pg'
import { sendAccountExists, sendPasswordReset, sendVerification } from './account-mails.ts'
import type { Accounts } from './accounts.ts'
import { createAuthenticator } from './authenticator.ts'
import { createAuth, type Auth } from './better-auth.ts'
import { createAccounts } from './create-accounts.ts'
import { authEndpoints } from './endpoints/auth.ts'
import { apiKeyNames, limitedPeople } from './limited-people.ts'
import { acceptInvitation } from './operations/accept-invitation.ts'
import { createApiKey } from './operations/create-api-key.ts'
import { inviteMember } from './operations/create-invitation.ts'
import { getMe } from './operations/get-me.ts'
import { getSignInOptions } from './operations/get-sign-in-options.ts'
import { listApiKeys } from './operations/list-api-keys.ts'
import { listGrants } from './operations/list-grants.ts'
import { listInvitations } from './operations/list-invitations.ts'
import { listMembers } from './operations/list-members.ts'
import { previewInvitation } from './operations/preview-invitation.ts'
import { putGrant } from './operations/put-grant.ts'
import { removeGrant } from './operations/remove-grant.ts'
import { removeMember } from './operations/remove-member.ts'
import { revokeApiKey } from './operations/revoke-api-key.ts'
import { revokeInvitation } from './operations/revoke-invitation.ts'
import { rotateApiKey } from './operations/rotate-api-key.ts'
import { setFirstPassword } from './operations/set-first-password.ts'
import { updateApiKey } from './operations/update-api-key.ts'
import { updateMe } from './operations/update-me.ts'
import { updateMember } from './operations/update-member.ts'
import { claimAgency, copyAccount, recordAccountEvent, signUpState } from './people.ts'

export type { Account, Accounts } from './accounts.ts'
export { actForTenant, clientsOf, ownMemberships, reachOf, type Reach } from './access.ts'
export { ensureAgency } from './agency.ts'
export { clientAddressHeader } from './client-address.ts'
export { createInvitation, type CreatedInvitation } from './create-invitation.ts'
export { ensureApiKey, ensureOwner, placeholderEmail } from './first-owner.ts'
export { migrateIdentity } from './migrate-identity.ts'
export * as identitySchema from './schema.ts'
export { agencyGrants, apiKeys, invitations, memberships } from './schema.ts'

declare module '@guildhall/kernel' {
  interface Services {
    accounts: Accounts
  }
}

export interface IdentityOptions {
  /** Connection that may read and write the accounts schema; may be a pooler in transaction mode. */
  authUrl: string
  /** Signs cookies and seals second factors; several separated by commas, the newest first, each of at least 32 characters. */
  secret: string
  poolSize?: number
}

/** Who somebody is and what they may reach: accounts, sessions, memberships, grants, invitations and API keys. */
export function identityModule(options: IdentityOptions): Module {
  /** Set when the module's ports are made, before the first request. */
  let auth: (() => Auth) | undefined
  const started = () => {
    if (!auth) throw new Error('The identity module has not started')
    return auth()
  }
  let pool: Pool | undefined
  let written: (() => Promise<void>) | undefined
  return defineModule({
    name: 'identity',
    operations: [
      getMe,
      updateMe,
      setFirstPassword,
      getSignInOptions,
      listMembers,
      updateMember,
      removeMember,
      inviteMember,
      listInvitations,
      revokeInvitation,
      previewInvitation,
      acceptInvitation,
      createApiKey,
      listApiKeys,
      updateApiKey,
      rotateApiKey,
      revokeApiKey,
      listGrants,
      putGrant,
      removeGrant,
    ],
    endpoints: authEndpoints((request) => started().handler(request)),
    services(runtime) {
      pool = new Pool({
        connectionString: options.authUrl,
        max: options.poolSize ?? 10,
        connectionTimeoutMillis: 15_000,
      })
      pool.on('error', (error) => runtime.log.warn({ err: error }, 'Idle connection of the accounts'))
      auth = lazily(runtime, options.secret, pool)
      const { database, config } = runtime
      const accounts = createAccounts(started, {
        publicUrl: config.publicUrl,
        signUp: () => signUpState(database, config.GUILDHALL_SIGN_UP),
      })
      const { broadcast, log } = runtime
      const authenticator = createAuthenticator({ database, accounts, broadcast, log, now: runtime.now })
      written = () => authenticator.written()
      return { accounts, authenticator, apiKeyNames, limitedPeople }
    },
    start() {
      return async () => {
        await written?.()
        await pool?.end()
      }
    },
  })
}

/** Made at first use: mail is a port of another module, and the configuration is final only once the server listens. */
function lazily(runtime: Runtime, secret: string, pool: Pool): () => Auth {
  let made: Auth | undefined
  return () => {
    made ??= createAuth({
      pool,
      secret,
      publicUrl: runtime.config.publicUrl,
      log: runtime.log,
      requireEmailVerification: runtime.services.mail.leavesTheHouse,
      signUp: () => signUpState(runtime.database, runtime.config.GUILDHALL_SIGN_UP),
      signedUp: async (user) => {
        await claimAgency(runtime.database, user)
      },
      renamed: (user) => copyAccount(runtime.database, user),
      sendPasswordReset: (user, url) => sendPasswordReset(runtime, user, url),
      sendVerification: (user, url) => sendVerification(runtime, user, url),
      signedUpAgain: (user) => sendAccountExists(runtime, user),
      record: (event) => recordAccountEvent(runtime.database, event),
    })
    return made
  }
}
