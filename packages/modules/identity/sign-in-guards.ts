import { createHash } from 'node:crypto'
import type { BetterAuthPlugin } from 'better-auth'
import { APIError, createAuthMiddleware, getSessionFromCtx } from 'better-auth/api'
import type pg from 'pg'
import { authSchema } from './auth-schema.ts'

/** Sign-in attempts at one account, from any address, before it rests. */
const attemptsPerAccount = 10
const windowMinutes = 15

/** Answers every sign-up the same while the form is closed, whoever asks. */
export function closeSignUp(state: () => Promise<'owner' | 'open' | 'closed'>): BetterAuthPlugin {
  return {
    id: 'guildhall-sign-up',
    hooks: {
      before: [
        {
          matcher: (context) => context.path === '/sign-up/email',
          handler: createAuthMiddleware(async () => {
            if ((await state()) === 'closed')
              throw new APIError('FORBIDDEN', {
                code: 'SIGN_UP_CLOSED',
                message: 'Accounts are made by invitation here. Ask an owner or admin to invite you.',
              })
          }),
        },
      ],
    },
  }
}

/** A profile is a name of sensible length. The library would keep megabytes of it, and any address as a picture. */
export function plainNames(): BetterAuthPlugin {
  return {
    id: 'guildhall-names',
    hooks: {
      before: [
        {
          matcher: (context) => context.path === '/sign-up/email' || context.path === '/update-user',
          handler: createAuthMiddleware(async (ctx) => {
            const name: unknown = ctx.body?.name
            if (typeof name !== 'string' || name.trim() === '' || name.length > 80)
              throw new APIError('BAD_REQUEST', { code: 'INVALID_NAME', message: 'name: must have 1 to 80 characters' })
            if (ctx.body?.image)
              throw new APIError('BAD_REQUEST', { code: 'INVALID_IMAGE', message: 'image: pictures are not kept' })
          }),
        },
      ],
    },
  }
}

/** The table holds no addresses of strangers. */
function accountKey(email: unknown): string {
  return createHash('sha256').update(String(email).trim().toLowerCase()).digest('base64url')
}

/**
 * Limits guesses at one account whatever address they come from; the library limits by address only. Counted before
 * the password is looked at, so that guesses at the same moment count too, and forgotten when one is right. Unknown
 * addresses are counted alike.
 */
export function throttleAccounts(pool: pg.Pool): BetterAuthPlugin {
  return {
    id: 'guildhall-throttle',
    hooks: {
      before: [
        {
          matcher: (context) => context.path === '/sign-in/email',
          handler: createAuthMiddleware(async (ctx) => {
            const result = await pool.query<{ attempts: number }>(
              `insert into ${authSchema}.sign_in_attempts as a (account, attempts, since) values ($1, 1, now())
               on conflict (account) do update set
                 attempts = case when a.since < now() - interval '${windowMinutes} minutes' then 1 else a.attempts + 1 end,
                 since = case when a.since < now() - interval '${windowMinutes} minutes' then now() else a.since end
               returning attempts`,
              [accountKey(ctx.body?.email)],
            )
            if ((result.rows[0]?.attempts ?? 1) > attemptsPerAccount)
              throw new APIError('TOO_MANY_REQUESTS', {
                code: 'TOO_MANY_ATTEMPTS',
                message: `Too many attempts at this account. Wait ${windowMinutes} minutes, or reset the password.`,
              })
          }),
        },
      ],
      after: [
        {
          matcher: (context) => context.path === '/sign-in/email',
          handler: createAuthMiddleware(async (ctx) => {
            if (ctx.context.returned instanceof APIError) return
            await pool.query(
              `delete from ${authSchema}.sign_in_attempts where account = $1 or since < now() - interval '1 day'`,
              [accountKey(ctx.body?.email)],
            )
          }),
        },
      ],
    },
  }
}

/**
 * A one-time code is accepted once (RFC 6238, section 5.2; OWASP ASVS 6.5.1). The library accepts the same code again
 * for as long as it is valid (better-auth issue 10387).
 */
export function singleUseCodes(): BetterAuthPlugin {
  return {
    id: 'guildhall-single-use-codes',
    hooks: {
      before: [
        {
          matcher: (context) => context.path === '/two-factor/verify-totp',
          handler: createAuthMiddleware(async (ctx) => {
            const session = await getSessionFromCtx(ctx)
            let userId = session?.user.id
            if (!userId) {
              const challenge = await ctx.getSignedCookie(
                ctx.context.createAuthCookie('two_factor').name,
                ctx.context.secret,
              )
              if (challenge) userId = (await ctx.context.internalAdapter.findVerificationValue(challenge))?.value
            }
            // Without a challenge the endpoint itself refuses.
            if (!userId) return
            const fresh = await ctx.context.internalAdapter.reserveVerificationValue({
              identifier: `totp:${userId}:${String(ctx.body?.code)}`,
              value: 'used',
              // A code is valid in its own period and the one before and after it: 90 seconds.
              expiresAt: new Date(Date.now() + 120_000),
            })
            if (!fresh) throw new APIError('UNAUTHORIZED', { code: 'INVALID_CODE', message: 'Invalid code' })
          }),
        },
      ],
    },
  }
}
