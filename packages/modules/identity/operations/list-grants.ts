import { operation, roles, tenants, Timestamp } from '@guildhall/kernel'
import { asc, eq, and } from 'drizzle-orm'
import { z } from 'zod'
import { agencyGrants, memberships } from '../schema.ts'

export const listGrants = operation({
  name: 'grants.list',
  summary: 'Which staff of the agency reach which clients, beyond its owners and admins',
  route: 'GET /grants',
  permission: 'members:admin',
  tenant: 'agency',
  tool: false,
  input: z.object({ userId: z.string().max(100).optional() }),
  output: z.object({
    items: z.array(
      z.object({
        id: z.string(),
        userId: z.string(),
        name: z.string(),
        email: z.string(),
        client: z
          .object({ id: z.string(), slug: z.string(), name: z.string() })
          .nullable()
          .describe('Null = every client'),
        role: z.enum(roles),
        createdAt: Timestamp,
      }),
    ),
  }),
  async run({ userId }, ctx) {
    const rows = await ctx.db
      .select({ grant: agencyGrants, name: memberships.name, email: memberships.email, client: tenants })
      .from(agencyGrants)
      .innerJoin(
        memberships,
        and(eq(memberships.tenantId, agencyGrants.tenantId), eq(memberships.userId, agencyGrants.userId)),
      )
      .leftJoin(tenants, eq(tenants.id, agencyGrants.clientId))
      .where(
        and(
          eq(agencyGrants.tenantId, ctx.tenant.id),
          userId === undefined ? undefined : eq(agencyGrants.userId, userId),
        ),
      )
      .orderBy(asc(memberships.name), asc(tenants.name))
    return {
      items: rows.map(({ grant, name, email, client }) => ({
        id: grant.id,
        userId: grant.userId,
        name,
        email,
        client: client ? { id: client.id, slug: client.slug, name: client.name } : null,
        role: grant.role,
        createdAt: grant.createdAt,
      })),
    }
  },
})
