import type { BetterAuthPlugin } from 'better-auth'
import { APIError, createAuthMiddleware, getSessionFromCtx } from 'better-auth/api'
import { clientAddressHeader } from './client-address.ts'

/** Something that happened to an account, for the audit trails of the tenants that the person belongs to. */
export interface SignInEvent {
  action:
    | 'auth.sign-in'
    | 'auth.sign-out'
    | 'auth.password-reset'
    | 'auth.password-change'
    | 'auth.second-factor-on'
    | 'auth.second-factor-off'
    | 'auth.sessions-revoked'
  outcome: 'ok' | 'failed'
  /** Null when nobody has that address; what was typed is not recorded, it may be a password in the wrong field. */
  user: { id: string; name: string; email: string } | null
  /** Address of the client. */
  address: string | null
  detail?: string
}

const ends: Record<string, SignInEvent['action']> = {
  '/sign-out': 'auth.sign-out',
  '/change-password': 'auth.password-change',
  '/two-factor/disable': 'auth.second-factor-off',
  '/revoke-session': 'auth.sessions-revoked',
  '/revoke-sessions': 'auth.sessions-revoked',
  '/revoke-other-sessions': 'auth.sessions-revoked',
}
const begins = new Set([
  '/sign-in/email',
  '/magic-link/verify',
  '/two-factor/verify-totp',
  '/two-factor/verify-backup-code',
])

/** Redirects of the library are thrown too; they carry a 3xx status. */
function failure(returned: unknown): APIError | null {
  return returned instanceof APIError && returned.statusCode >= 400 ? returned : null
}

/** Reports what happens to accounts. Must be the last plugin: only then is a sign-in that waits for its second factor no session any more. */
export function recordSignIns(record: (event: SignInEvent) => Promise<void>): BetterAuthPlugin {
  return {
    id: 'guildhall-audit',
    hooks: {
      before: [
        {
          // The session is gone afterwards.
          matcher: (context) => context.path !== undefined && context.path in ends,
          handler: createAuthMiddleware(async (ctx) => {
            await getSessionFromCtx(ctx)
          }),
        },
      ],
      after: [
        {
          matcher: (context) => context.path !== undefined && (begins.has(context.path) || context.path in ends),
          handler: createAuthMiddleware(async (ctx) => {
            const { path, context } = ctx
            const address = ctx.headers?.get(clientAddressHeader) ?? null
            const failed = failure(context.returned)
            const detail = failed?.body?.code
            const before = context.session?.user ?? null
            const ending = ends[path]
            if (ending) {
              if (before)
                await record({
                  action: ending,
                  outcome: failed ? 'failed' : 'ok',
                  user: before,
                  address,
                  ...(detail ? { detail } : {}),
                })
              return
            }
            const signedIn = context.newSession?.user ?? null
            if (signedIn) {
              const enrolled = path === '/two-factor/verify-totp' && before !== null
              await record({
                action: enrolled ? 'auth.second-factor-on' : 'auth.sign-in',
                outcome: 'ok',
                user: signedIn,
                address,
                detail: path,
              })
            } else if (failed) {
              const email: unknown = path === '/sign-in/email' ? ctx.body?.email : undefined
              const user =
                before ??
                (typeof email === 'string'
                  ? ((await context.internalAdapter.findUserByEmail(email))?.user ?? null)
                  : await challenged(ctx))
              await record({ action: 'auth.sign-in', outcome: 'failed', user, address, detail: detail ?? path })
            }
          }),
        },
      ],
    },
  }
}

type HookContext = Parameters<Parameters<typeof createAuthMiddleware>[0]>[0]

/** Who was asked for a second factor by the request's challenge cookie. */
async function challenged(ctx: HookContext): Promise<{ id: string; name: string; email: string } | null> {
  const challenge = await ctx.getSignedCookie(ctx.context.createAuthCookie('two_factor').name, ctx.context.secret)
  const userId = challenge ? (await ctx.context.internalAdapter.findVerificationValue(challenge))?.value : undefined
  return userId ? await ctx.context.internalAdapter.findUserById(userId) : null
}
