import { roles, Timestamp, type Brand, type tenants } from '@guildhall/kernel'
import { z } from 'zod'

export const BrandInput = z.object({
  color: z
    .string()
    .regex(/^#[0-9a-fA-F]{6}$/, 'must be a colour like #1d4ed8')
    .optional(),
  logoFileId: z.uuid().optional(),
})

/** A client as its agency sees it. */
export const Client = z.object({
  id: z.string(),
  slug: z.string().describe('Names the client in the header `x-guildhall-client`'),
  name: z.string(),
  industry: z.string().nullable(),
  brand: z.object({ color: z.string().optional(), logoFileId: z.string().optional() }),
  demo: z.boolean(),
  createdAt: Timestamp,
  archivedAt: Timestamp.nullable(),
  role: z.enum(roles).describe('What the caller is there'),
})

type TenantRow = typeof tenants.$inferSelect

export function clientOf(row: TenantRow, role: z.output<typeof Client>['role']): z.input<typeof Client> {
  const { id, slug, name, industry, brand, demo, createdAt, archivedAt } = row
  return { id, slug, name, industry, brand, demo, createdAt, archivedAt, role }
}

/** Without the members that were not given: `exactOptionalPropertyTypes` tells absent from undefined. */
export function brandOf({ color, logoFileId }: z.output<typeof BrandInput>): Brand {
  return {
    ...(color === undefined ? {} : { color: color.toLowerCase() }),
    ...(logoFileId === undefined ? {} : { logoFileId }),
  }
}
