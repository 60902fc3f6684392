import { notFound, operation, tenants, type TransactionContext } from '@guildhall/kernel'
import { eq } from 'drizzle-orm'
import { z } from 'zod'

export const Settings = z.object({
  id: z.string(),
  kind: z.enum(['agency', 'client']),
  slug: z.string(),
  name: z.string(),
  industry: z.string().nullable(),
  brand: z.object({ color: z.string().optional(), logoFileId: z.string().optional() }),
  demo: z.boolean(),
})

export async function readSettings(ctx: TransactionContext): Promise<z.input<typeof Settings>> {
  const [row] = await ctx.db.select().from(tenants).where(eq(tenants.id, ctx.tenant.id))
  if (!row) throw notFound('tenant')
  const { id, kind, slug, name, industry, brand, demo } = row
  return { id, kind, slug, name, industry, brand, demo }
}

export const getSettings = operation({
  name: 'settings.get',
  summary: 'Name and look of this tenant',
  route: 'GET /settings',
  permission: 'settings:read',
  input: z.object({}),
  output: Settings,
  run: (_input, ctx) => readSettings(ctx),
})
