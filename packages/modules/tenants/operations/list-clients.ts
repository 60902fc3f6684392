import { containsText, listInput, listRows, operation, page, tenants, Timestamp } from '@guildhall/kernel'
import { and, inArray, isNotNull, isNull, or } from 'drizzle-orm'
import { z } from 'zod'
import { Activity, activityByTenant, lastDays, lastRuns, noActivity } from '../activity.ts'
import { Client, clientOf } from '../client.ts'
import { clientsInReach } from '../reach.ts'

export const listClients = operation({
  name: 'clients.list',
  summary: 'Clients of the agency that the caller reaches, with their last 30 days',
  route: 'GET /clients',
  permission: 'clients:read',
  tenant: 'agency',
  // Which clients may be read is known only after a first look; the second transaction reads for all of them.
  external: true,
  input: listInput(['name', 'createdAt'], {
    archived: z.boolean().default(false).describe('True lists the archive instead'),
    industry: z.string().max(80).optional(),
  }),
  output: page(
    Client.extend({ activity: Activity.describe('Runs of the last 30 days'), lastRunAt: Timestamp.nullable() }),
  ),
  async run(input, ctx) {
    const reach = await clientsInReach(ctx)
    const roleOf = new Map(reach.map((each) => [each.tenant.id, each.role]))
    const ids = reach
      .filter((each) => input.industry === undefined || each.tenant.industry === input.industry)
      .map((each) => each.tenant.id)
    if (ids.length === 0) return { items: [], nextCursor: null, total: 0 }
    return await ctx.transaction(
      async ({ db }) => {
        const list = await listRows<typeof tenants.$inferSelect>(
          db,
          {
            table: tenants,
            id: tenants.id,
            sortable: { name: tenants.name, createdAt: tenants.createdAt },
            defaultSort: 'name',
            where: and(
              inArray(tenants.id, ids),
              input.archived ? isNotNull(tenants.archivedAt) : isNull(tenants.archivedAt),
              or(containsText(tenants.name, input.q), containsText(tenants.slug, input.q)),
            ),
          },
          input,
        )
        const shown = list.items.map((row) => row.id)
        const activity = await activityByTenant(db, shown, lastDays(ctx.now(), 30))
        const last = await lastRuns(db, shown)
        return {
          ...list,
          items: list.items.map((row) => ({
            ...clientOf(row, roleOf.get(row.id) ?? 'viewer'),
            activity: activity.get(row.id) ?? noActivity,
            lastRunAt: last.get(row.id) ?? null,
          })),
        }
      },
      { readOnly: true, alsoRead: ids },
    )
  },
})
