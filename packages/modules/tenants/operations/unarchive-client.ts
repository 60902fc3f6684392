import { operation, Slug, tenants } from '@guildhall/kernel'
import { eq } from 'drizzle-orm'
import { z } from 'zod'
import { Client, clientOf } from '../client.ts'
import { requireClient } from '../reach.ts'

export const unarchiveClient = operation({
  name: 'clients.unarchive',
  summary: 'Take a client back from the archive',
  route: 'POST /clients/{slug}/unarchive',
  permission: 'clients:admin',
  tenant: 'agency',
  tool: false,
  input: z.object({ slug: Slug }),
  output: Client,
  async run({ slug }, ctx) {
    const { tenant, role } = await requireClient(ctx, slug)
    const archivedAt = null
    await ctx.db.update(tenants).set({ archivedAt }).where(eq(tenants.id, tenant.id))
    ctx.notice('tenants', tenant.id)
    ctx.audit({ targets: [{ type: 'client', id: tenant.id, name: tenant.name }] })
    return clientOf({ ...tenant, archivedAt }, role)
  },
})
