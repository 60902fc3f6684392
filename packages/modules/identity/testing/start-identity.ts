import { asProblem, createCatalogue, problemDocument, type Caller, type Module } from '@guildhall/kernel'
import { startTestRuntime, type TestRuntime } from '@guildhall/kernel/testing'
import { auditModule } from '@guildhall/modules/audit'
import { notificationsModule, type Mail } from '@guildhall/modules/notifications'
import { clientAddressHeader, identityModule, migrateIdentity } from '../index.ts'

/** Where the tests' installation says it lives. */
const origin = 'http://localhost:4100'

export interface IdentityTest extends TestRuntime {
  /** Mails that a mail server took; empty where mails stay in the mailbox. */
  outbox: Mail[]
  /** Somebody with a cookie jar of their own, at an address of their own. */
  browser(options?: BrowserOptions): Browser
  /** The same store as a server with another session secret serves it. */
  restartedWith(secret: string): Promise<{ browser(options?: BrowserOptions): Browser }>
}

interface BrowserOptions {
  address?: string
  origin?: string | null
}

/** The session secret of the tests' installation. */
export const testSecret = 'a test secret of more than 32 characters'

interface Answer {
  status: number
  body: unknown
  headers: Headers
}

export interface Browser {
  /** Calls an action on accounts: `auth('POST', '/sign-in/email', {...})`. */
  auth(method: 'GET' | 'POST', path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
  /** Who the authenticator takes this browser for. */
  caller(headers?: Record<string, string>): Promise<Caller>
  cookies: Map<string, string>
}

export interface IdentityTestOptions {
  env?: Record<string, string>
  /** Further modules, behind those of identity. */
  more?: readonly Module[]
  /** True = a stand-in for a mail server takes all mails; false (default) = they stay in the mailbox. */
  mailServer?: boolean
}

/** A runtime with accounts, mailbox and audit; the transport is stood in for by a few lines here. */
export async function startIdentity({
  env,
  more = [],
  mailServer = false,
}: IdentityTestOptions = {}): Promise<IdentityTest> {
  const outbox: Mail[] = []
  const send = (_ctx: unknown, mail: Mail) => {
    outbox.push(mail)
    return Promise.resolve()
  }
  let urls = { ownerUrl: '', authUrl: '' }
  const app = await startTestRuntime({
    env: { GUILDHALL_URL: origin, ...env },
    ...(mailServer ? { services: { mail: { leavesTheHouse: true, send } } } : {}),
    modules: (database) => {
      urls = database
      const identity = identityModule({ authUrl: database.authUrl, secret: testSecret })
      return [...(mailServer ? [] : [notificationsModule]), identity, auditModule, ...more]
    },
  })
  await migrateIdentity(urls)
  const restarts: Module[] = []
  return {
    ...app,
    outbox,
    browser: (as = {}) => browse(app, as),
    async restartedWith(secret) {
      const restarted = identityModule({ authUrl: urls.authUrl, secret })
      const services = { ...app.runtime.services, ...(await restarted.services?.(app.runtime)) }
      const catalogue = createCatalogue([restarted])
      restarts.push(restarted)
      return { browser: (as = {}) => browse({ ...app, runtime: { ...app.runtime, services, catalogue } }, as) }
    },
    async stop() {
      for (const restarted of restarts) {
        const end = await restarted.start?.(app.runtime)
        await end?.()
      }
      await app.stop()
    },
  }
}

function browse({ runtime }: TestRuntime, options: BrowserOptions): Browser {
  const cookies = new Map<string, string>()
  const jar = (): Record<string, string> =>
    cookies.size === 0 ? {} : { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') }
  return {
    cookies,
    async auth(method, path, body, headers = {}) {
      const endpoint = runtime.catalogue.endpoints.find((each) => each.route === `${method} /api/auth/{path...}`)
      if (!endpoint) throw new Error('The endpoint of accounts is missing')
      const request = new Request(path.startsWith('http') ? path : `${origin}/api/auth${path}`, {
        method,
        redirect: 'manual',
        headers: {
          ...(options.origin === null || method === 'GET' ? {} : { origin: options.origin ?? origin }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...jar(),
          ...headers,
          [clientAddressHeader]: options.address ?? '192.0.2.1',
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const anonymous = await runtime.services.authenticator.authenticate(new Headers())
      const response = await endpoint.run(request, runtime.context(anonymous), {})
      for (const cookie of response.headers.getSetCookie()) {
        const [pair = ''] = cookie.split(';')
        const at = pair.indexOf('=')
        const gone = /max-age=0/i.test(cookie)
        if (gone) cookies.delete(pair.slice(0, at))
        else cookies.set(pair.slice(0, at), pair.slice(at + 1))
      }
      const text = await response.text()
      return {
        status: response.status,
        headers: response.headers,
        body: text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text,
      }
    },
    caller: (headers = {}) => runtime.services.authenticator.authenticate(new Headers({ ...jar(), ...headers })),
  }
}

/** Status and document of the problem that `work` is refused with. */
export async function refusal(work: Promise<unknown>): Promise<Record<string, unknown>> {
  try {
    await work
  } catch (error) {
    return problemDocument(asProblem(error), '')
  }
  throw new Error('It was not refused')
}
