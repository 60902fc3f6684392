import { operation, roles, tenants, type Role } from '@guildhall/kernel'
import { eq } from 'drizzle-orm'
import { z } from 'zod'
import { clientsOf, ownMemberships, reachOf, tenantOf, type Reach } from '../access.ts'

const Brand = z.object({ color: z.string().optional(), logoFileId: z.string().optional() })
const TenantName = z.object({ id: z.string(), kind: z.enum(['agency', 'client']), slug: z.string(), name: z.string() })
const TenantReached = TenantName.extend({
  role: z.enum(roles),
  industry: z.string().nullable(),
  brand: Brand,
  demo: z.boolean(),
})

/** The first thing that a console asks: who am I, what may I reach, and which of it is this request for. */
export const getMe = operation({
  name: 'me.get',
  summary: 'The caller, the tenants within reach and the one that this request is for',
  route: 'GET /me',
  permission: 'authenticated',
  tenant: 'none',
  // Accounts are read on their own connection.
  external: true,
  tool: false,
  input: z.object({}),
  output: z.object({
    user: z
      .object({
        id: z.string(),
        name: z.string(),
        email: z.string(),
        emailVerified: z.boolean(),
        twoFactorEnabled: z.boolean(),
        hasPassword: z.boolean(),
      })
      .nullable(),
    actor: z.object({ type: z.string(), id: z.string(), name: z.string() }),
    agency: z.object({ id: z.string(), slug: z.string(), name: z.string(), brand: Brand }).nullable(),
    tenants: z.array(TenantReached),
    current: z
      .object({ tenant: TenantReached, role: z.enum(roles), scopes: z.array(z.string()).nullable() })
      .nullable(),
  }),
  async run(_input, ctx) {
    const { actor, caller } = ctx
    const { accounts } = ctx.services
    const account = actor.type === 'user' ? await accounts.find(actor.id) : null
    const hasPassword = account ? await accounts.hasPassword(account.id) : false
    const { reach, agency } = await ctx.transaction(
      async ({ db }) => {
        const own = actor.type === 'user' ? await ownMemberships(db, actor.id) : []
        const reach =
          actor.type === 'user'
            ? await reachOf(db, actor.id, own)
            : await reachOfKey(caller.tenant?.id ?? null, caller.role)
        const agencyId =
          caller.tenant?.agencyId ??
          own.find((membership) => membership.tenant.kind === 'agency')?.tenant.id ??
          own[0]?.tenant.agencyId
        const [agency] = agencyId ? await db.select().from(tenants).where(eq(tenants.id, agencyId)) : []
        return { reach, agency }

        async function reachOfKey(tenantId: string | null, role: Role | null): Promise<Reach[]> {
          if (tenantId === null || role === null) return []
          const [home] = await db.select().from(tenants).where(eq(tenants.id, tenantId))
          if (!home) return []
          const clients = home.kind === 'agency' ? await clientsOf(db, home.id) : []
          return [home, ...clients].map((tenant) => ({ tenant, role }))
        }
      },
      { readOnly: true },
    )
    const shown = reach.filter(({ tenant }) => !tenant.archivedAt || tenant.id === caller.tenant?.id).map(reached)
    const current = shown.find((tenant) => tenant.id === caller.tenant?.id)
    return {
      user: account
        ? {
            id: account.id,
            name: account.name,
            email: account.email,
            emailVerified: account.emailVerified,
            twoFactorEnabled: account.twoFactorEnabled,
            hasPassword,
          }
        : null,
      actor: { type: actor.type, id: actor.id, name: actor.name },
      agency: agency ? { id: agency.id, slug: agency.slug, name: agency.name, brand: agency.brand } : null,
      tenants: shown,
      current: current
        ? { tenant: current, role: caller.role ?? current.role, scopes: caller.scopes ? [...caller.scopes] : null }
        : null,
    }
  },
})

function reached({ tenant, role }: Reach) {
  const { industry, brand, demo } = tenant
  const { id, kind, slug, name } = tenantOf(tenant)
  return { id, kind, slug, name, role, industry, brand, demo }
}
