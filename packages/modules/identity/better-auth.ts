import { availableParallelism } from 'node:os'
import { newId, type Logger } from '@guildhall/kernel'
import { betterAuth } from 'better-auth'
import { APIError } from 'better-auth/api'
import { hashPassword, verifyPassword } from 'better-auth/crypto'
import { magicLink, twoFactor } from 'better-auth/plugins'
import { PostgresDialect } from 'kysely'
import type pg from 'pg'
import { authSchema } from './auth-schema.ts'
import { readAuthSecrets } from './auth-secrets.ts'
import { clientAddressHeader } from './client-address.ts'
import { limitConcurrency, QueueFullError } from './limit-concurrency.ts'
import { trustedOrigins } from './own-origins.ts'
import { recordSignIns, type SignInEvent } from './record-sign-ins.ts'
import { closeSignUp, plainNames, singleUseCodes, throttleAccounts } from './sign-in-guards.ts'

/** Whether somebody may make an account: `owner` = the first one becomes the owner, `closed` = by invitation only. */
export type SignUp = 'owner' | 'open' | 'closed'

export interface AuthUser {
  id: string
  name: string
  email: string
}

export interface AuthOptions {
  pool: pg.Pool
  /** Signs cookies and seals second factors; several separated by commas, the newest first. */
  secret: string
  /** Address of this installation, without a trailing slash. */
  publicUrl: string
  log: Logger
  /** True when mail leaves the house; otherwise nobody could read the mail that asks. */
  requireEmailVerification: boolean
  signUp: () => Promise<SignUp>
  /** After somebody has signed up through the form. */
  signedUp: (user: AuthUser) => Promise<void>
  renamed: (user: AuthUser) => Promise<void>
  sendPasswordReset: (user: AuthUser, url: string) => Promise<void>
  sendVerification: (user: AuthUser, url: string) => Promise<void>
  /** Somebody signed up with an address that has an account; only its owner learns that. */
  signedUpAgain: (user: AuthUser) => Promise<void>
  record: (event: SignInEvent) => Promise<void>
}

export const passwordLength = { min: 12, max: 256 } as const
/** Minutes that a sign-in link lives. */
const signInLinkMinutes = 15

const days = 86_400

/**
 * The accounts library, set up as hardened as it can be; each choice that looks odd has a test in
 * `hardening.integration.test.ts`. It keeps users, passwords, verification, sessions and second factors. Tenants,
 * memberships, invitations and API keys are our own tables: an operation writes them in one transaction with its audit
 * row and under row-level security, which tables on another connection cannot offer.
 */
export function createAuth(options: AuthOptions) {
  const { log } = options
  const https = options.publicUrl.startsWith('https://')
  // scrypt takes 33 MB and a thread for about 100 ms: without a queue, sign-ins would starve files and DNS of threads.
  const hashing = limitConcurrency(Math.max(1, Math.min(4, availableParallelism())), 64)
  const hash = <T>(work: () => Promise<T>) =>
    hashing(work).catch((error: unknown) => {
      if (error instanceof QueueFullError)
        throw new APIError('SERVICE_UNAVAILABLE', {
          code: 'TOO_BUSY',
          message: 'Too many people are signing in. Try again in a moment.',
        })
      throw error
    })

  return betterAuth({
    appName: 'Guildhall',
    baseURL: options.publicUrl,
    basePath: '/api/auth',
    ...readAuthSecrets(options.secret),
    // Schema-qualified statements: a pooler in transaction mode keeps no `search_path`.
    database: {
      dialect: new PostgresDialect({ pool: options.pool }),
      type: 'postgres',
      schemaName: authSchema,
      transaction: true,
    },
    telemetry: { enabled: false },
    trustedOrigins: (request) => trustedOrigins(options.publicUrl, request),
    logger: {
      log: (level, message, ...details) =>
        log[level === 'debug' || level === 'info' || level === 'warn' ? level : 'error'](
          { details: plainDetails(details) },
          `accounts: ${message}`,
        ),
    },
    emailAndPassword: {
      enabled: true,
      // Also makes the answer to a sign-up the same whether the address is known or not.
      autoSignIn: false,
      requireEmailVerification: options.requireEmailVerification,
      minPasswordLength: passwordLength.min,
      maxPasswordLength: passwordLength.max,
      revokeSessionsOnPasswordReset: true,
      resetPasswordTokenExpiresIn: 3600,
      onExistingUserSignUp: ({ user }) => options.signedUpAgain(user),
      sendResetPassword: ({ user, url }) => options.sendPasswordReset(user, url),
      onPasswordReset: ({ user }, request) =>
        options.record({
          action: 'auth.password-reset',
          outcome: 'ok',
          user,
          address: request?.headers.get(clientAddressHeader) ?? null,
        }),
      password: {
        hash: (password) => hash(() => hashPassword(password)),
        verify: (input) => hash(() => verifyPassword(input)),
      },
    },
    emailVerification: {
      sendOnSignUp: options.requireEmailVerification,
      // A mail scanner that opens links must not end up signed in.
      autoSignInAfterVerification: false,
      sendVerificationEmail: ({ user, url }) => options.sendVerification(user, url),
    },
    session: {
      expiresIn: 14 * days,
      updateAge: days,
      // One's own list of sessions is no secret of a fresh session.
      freshAge: 0,
      // A cached session outlives its revocation; two indexed reads do not.
      cookieCache: { enabled: false },
    },
    // Sends a mail to the new address; only its link makes the change.
    user: { changeEmail: { enabled: true } },
    // Tokens in links are kept as hashes: a leaked table resets no password.
    verification: { storeIdentifier: 'hashed' },
    rateLimit: {
      enabled: true,
      storage: 'database',
      window: 60,
      max: 120,
      customRules: {
        '/get-session': false,
        '/sign-in/email': { window: 60, max: 10 },
        '/sign-up/email': { window: 60, max: 5 },
      },
    },
    databaseHooks: {
      user: {
        create: {
          after: async (user, context) => {
            if (context?.path === '/sign-up/email') await options.signedUp(user)
          },
        },
        update: { after: (user) => options.renamed(user) },
      },
    },
    onAPIError: { errorURL: `${options.publicUrl}/sign-in` },
    advanced: {
      // Said outright: left out, the library turns both off where it believes to be under test.
      disableOriginCheck: false,
      disableCSRFCheck: false,
      // A function, never 'uuid': in that mode the library silently replaces the ids by which it reserves one-time values.
      database: { generateId: () => newId() },
      ipAddress: { ipAddressHeaders: [clientAddressHeader] },
      // `__Host-` binds a cookie to this host, path / and https; over plain http no prefix is possible.
      useSecureCookies: false,
      cookiePrefix: https ? '__Host-guildhall' : 'guildhall',
      defaultCookieAttributes: { secure: https, sameSite: 'lax', httpOnly: true, path: '/' },
    },
    plugins: [
      twoFactor({ issuer: 'Guildhall', totpOptions: { digits: 6, period: 30 } }),
      magicLink({
        expiresIn: signInLinkMinutes * 60,
        disableSignUp: true,
        storeToken: 'hashed',
        sendMagicLink: ({ url, metadata }) => {
          const deliver: unknown = metadata?.['deliver']
          if (typeof deliver === 'function') deliver(url)
        },
      }),
      // Last, so that its view of a sign-in is the one after the second factor was asked for.
      closeSignUp(options.signUp),
      plainNames(),
      throttleAccounts(options.pool),
      singleUseCodes(),
      recordSignIns(options.record),
    ],
  })
}

export type Auth = ReturnType<typeof createAuth>

/** Errors keep their message; anything else that the library logs could hold a whole request. */
function plainDetails(details: unknown[]): string[] {
  return details.map((detail) =>
    detail instanceof Error ? detail.message : typeof detail === 'string' ? detail : typeof detail,
  )
}
