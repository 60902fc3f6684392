import { operation, tenants } from '@guildhall/kernel'
import { eq } from 'drizzle-orm'
import { z } from 'zod'
import { BrandInput, brandOf } from '../client.ts'
import { readSettings, Settings } from './get-settings.ts'

export const updateSettings = operation({
  name: 'settings.update',
  summary: 'Change name, industry or look of this tenant',
  route: 'PATCH /settings',
  permission: 'settings:admin',
  input: z.object({
    name: z.string().trim().min(1).max(80).optional(),
    industry: z.string().trim().max(80).nullable().optional(),
    brand: BrandInput.optional().describe('Replaces the look as a whole'),
  }),
  output: Settings,
  async run({ name, industry, brand }, ctx) {
    const change = {
      ...(name === undefined ? {} : { name }),
      ...(industry === undefined ? {} : { industry }),
      ...(brand === undefined ? {} : { brand: brandOf(brand) }),
    }
    if (Object.keys(change).length > 0) await ctx.db.update(tenants).set(change).where(eq(tenants.id, ctx.tenant.id))
    return await readSettings(ctx)
  },
})
