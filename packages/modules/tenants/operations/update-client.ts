import { operation, Slug, tenants } from '@guildhall/kernel'
import { eq } from 'drizzle-orm'
import { z } from 'zod'
import { BrandInput, brandOf, Client, clientOf } from '../client.ts'
import { requireClient } from '../reach.ts'

export const updateClient = operation({
  name: 'clients.update',
  summary: 'Change name, industry or look of a client',
  description: 'The slug stays: links and scripts carry it.',
  route: 'PATCH /clients/{slug}',
  permission: 'clients:admin',
  tenant: 'agency',
  input: z.object({
    slug: Slug,
    name: z.string().trim().min(1).max(80).optional(),
    industry: z.string().trim().max(80).nullable().optional(),
    brand: BrandInput.optional().describe('Replaces the look as a whole'),
  }),
  output: Client,
  async run({ slug, name, industry, brand }, ctx) {
    const { tenant, role } = await requireClient(ctx, slug)
    const changed = {
      ...tenant,
      ...(name === undefined ? {} : { name }),
      ...(industry === undefined ? {} : { industry }),
      ...(brand === undefined ? {} : { brand: brandOf(brand) }),
    }
    await ctx.db
      .update(tenants)
      .set({ name: changed.name, industry: changed.industry, brand: changed.brand })
      .where(eq(tenants.id, tenant.id))
    ctx.audit({ targets: [{ type: 'client', id: tenant.id, name: changed.name }] })
    return clientOf(changed, role)
  },
})
