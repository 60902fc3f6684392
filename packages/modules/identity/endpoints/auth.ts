import { endpoint, type Endpoint } from '@guildhall/kernel'

/** What of the accounts library is reachable. Anything else of it answers 404: what nobody needs cannot be a hole. */
const open = new Set([
  'POST /sign-up/email',
  'POST /sign-in/email',
  'POST /sign-out',
  'GET /get-session',
  'POST /request-password-reset',
  'GET /reset-password/{token}',
  'POST /reset-password',
  'POST /send-verification-email',
  'GET /verify-email',
  'POST /update-user',
  'POST /change-password',
  'POST /change-email',
  'GET /list-sessions',
  'POST /revoke-session',
  'POST /revoke-sessions',
  'POST /revoke-other-sessions',
  'POST /two-factor/enable',
  'POST /two-factor/disable',
  'POST /two-factor/get-totp-uri',
  'POST /two-factor/verify-totp',
  'POST /two-factor/verify-backup-code',
  'POST /two-factor/generate-backup-codes',
  'GET /magic-link/verify',
])

export function authEndpoints(respond: (request: Request) => Promise<Response>): Endpoint[] {
  return (['GET', 'POST'] as const).map((method) =>
    endpoint({
      name: method === 'GET' ? 'auth.read' : 'auth.act',
      summary: method === 'GET' ? 'Session, and links from mails' : 'Sign-in, sign-out, password, second factor',
      route: `${method} /api/auth/{path...}`,
      permission: 'public',
      tenant: 'none',
      maxBody: 64 * 1024,
      async run(request) {
        const path = new URL(request.url).pathname.replace(/^\/api\/auth/, '')
        const route = `${method} ${path.replace(/^\/reset-password\/[^/]+$/, '/reset-password/{token}')}`
        if (!open.has(route))
          return Response.json({ code: 'NOT_FOUND', message: 'There is no such action on accounts.' }, { status: 404 })
        const response = await respond(request)
        response.headers.set('cache-control', 'no-store')
        return response
      },
    }),
  )
}
