import { containsText, filterOf, matches, operation, roles, Timestamp } from '@guildhall/kernel'
import { and, asc, eq, or } from 'drizzle-orm'
import { z } from 'zod'
import { memberships } from '../schema.ts'

/** All at once: the people of one tenant are a short list, and the console sorts and searches it as a whole. */
export const listMembers = operation({
  name: 'members.list',
  summary: 'People of this tenant',
  route: 'GET /members',
  permission: 'members:read',
  input: z.object({ q: z.string().max(200).optional(), role: filterOf(roles) }),
  output: z.object({
    items: z.array(
      z.object({ userId: z.string(), name: z.string(), email: z.string(), role: z.enum(roles), createdAt: Timestamp }),
    ),
    nextCursor: z.null(),
    total: z.int(),
  }),
  async run({ q, role }, ctx) {
    const items = await ctx.db
      .select()
      .from(memberships)
      .where(
        and(
          eq(memberships.tenantId, ctx.tenant.id),
          matches(memberships.role, role),
          or(containsText(memberships.name, q), containsText(memberships.email, q)),
        ),
      )
      .orderBy(asc(memberships.name), asc(memberships.userId))
    return { items, nextCursor: null, total: items.length }
  },
})
