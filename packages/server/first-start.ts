import type { Runtime } from '@guildhall/kernel'
import { ensureAgency, ensureApiKey, ensureOwner, placeholderEmail } from '@guildhall/modules/identity'
import { demoState, installDemo } from './demo/install-demo.ts'
import type { Installation } from './installation.ts'
import type { Progress } from './store.ts'

export interface FirstStart {
  /** What to open in a browser. */
  link: string
  notes: string[]
}

/** Agency, owner and the operator's key: there before the first request is answered, idempotent at each start. */
export async function prepareAgency(runtime: Runtime): Promise<void> {
  const { config } = runtime
  const agency = await ensureAgency(runtime.database)
  await requireKey(runtime, agency.id)
  await ensureOwner(runtime, {
    email: config.GUILDHALL_INIT_OWNER_EMAIL,
    password: config.GUILDHALL_INIT_OWNER_PASSWORD,
  })
  if (config.GUILDHALL_INIT_API_KEY) await ensureApiKey(runtime, config.GUILDHALL_INIT_API_KEY)
}

/** A process with another key could neither read what is sealed nor be understood by the others: it must not start. */
async function requireKey(runtime: Runtime, agencyId: string): Promise<void> {
  try {
    await runtime.vaults.forTenant(agencyId).seal({ table: 'tenants', column: 'id', row: agencyId }, 'probe')
  } catch (error) {
    throw new Error(
      `This database was sealed with another key-encryption key. Bring back ${runtime.config.secretsDir}/key-encryption-key, or give all processes the same GUILDHALL_ENCRYPTION_KEY (and GUILDHALL_AUTH_SECRET).`,
      { cause: error },
    )
  }
}

/** Offers the demo at the first start, and makes the owner's link. */
export async function firstStart(installation: Installation, progress: Progress): Promise<FirstStart> {
  const { runtime, url } = installation
  const notes: string[] = []
  const owner = await ensureOwner(runtime)
  if (await wantsDemo(runtime)) {
    progress('Installing the demo agency')
    await installDemo(runtime)
  }
  const link = await runtime.services.accounts.createSignInLink(owner.account.id)
  if (!link) notes.push('The owner signs in with password and second factor.')
  else
    notes.push(
      `The link signs in ${owner.account.email} once, within 15 minutes; \`npm run guildhall sign-in-link\` prints another.`,
    )
  if (owner.account.email === placeholderEmail) notes.push('Enter your own e-mail and a password in Settings.')
  return { link: link ?? `${url}/sign-in`, notes }
}

/** The demo is offered once: removing it, or an owner of one's own, is an answer that stays. */
async function wantsDemo(runtime: Runtime): Promise<boolean> {
  const { config } = runtime
  const wanted = config.GUILDHALL_DEMO ?? config.GUILDHALL_INIT_OWNER_EMAIL === undefined
  return wanted && (await demoState(runtime)) === 'never'
}

/** A fresh link for the owner. @throws Error when the owner has a second factor, which a link would go around. */
export async function ownerSignInLink(runtime: Runtime, url: string): Promise<string> {
  const { account } = await ensureOwner(runtime)
  const link = await runtime.services.accounts.createSignInLink(account.id)
  if (!link) throw new Error(`The owner has a second factor and signs in at ${url}/sign-in with password and code.`)
  const own = new URL(link)
  return `${url}${own.pathname}${own.search}`
}
