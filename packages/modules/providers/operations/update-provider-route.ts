import { conflict, Id, notFound, operation } from '@guildhall/kernel'
import { and, eq } from 'drizzle-orm'
import { z } from 'zod'
import { providersTopic } from '../load-providers.ts'
import {
  changeRules,
  checkTargets,
  describeRoute,
  Route,
  RouteTargets,
  RuleChanges,
  Title,
} from '../routes/route-output.ts'
import { providerRoutes } from '../schema.ts'

export const updateProviderRoute = operation({
  name: 'provider-routes.update',
  summary: 'Change who a route asks, and how',
  description:
    'Holds for the next call in every process. What is left out stays. The alias stays too: callers know it.',
  route: 'PATCH /provider-routes/{id}',
  permission: 'providers:admin',
  input: z.object({
    id: Id,
    title: Title.optional(),
    targets: RouteTargets.optional(),
    rules: RuleChanges.optional(),
    version: z.int().optional().describe('The version that was looked at; refused when somebody has changed it since'),
  }),
  output: Route,
  external: true,
  async run({ id, title, targets, rules, version }, ctx) {
    if (targets) await checkTargets(ctx, targets)
    const tenantId = ctx.tenant.id
    return ctx.transaction(async (tx) => {
      const mine = and(eq(providerRoutes.tenantId, tenantId), eq(providerRoutes.id, id))
      const [before] = await tx.db.select().from(providerRoutes).where(mine).for('update')
      if (!before) throw notFound('route of your own', id)
      if (version !== undefined && version !== before.version)
        throw conflict(`${before.updatedBy} has changed this route since. Look at version ${before.version} first.`, [
          { field: 'version', message: `is ${before.version} now` },
        ])
      const [row] = await tx.db
        .update(providerRoutes)
        .set({
          ...(title === undefined ? {} : { title }),
          ...(targets === undefined ? {} : { targets }),
          ...(rules === undefined ? {} : { rules: changeRules(before.rules, rules) }),
          version: before.version + 1,
          updatedAt: ctx.now(),
          updatedBy: ctx.actor.name,
        })
        .where(mine)
        .returning()
      if (!row) throw new Error('The locked route went away')
      tx.notice(providersTopic, tenantId)
      tx.audit({
        targets: [{ type: 'provider-route', id, name: row.alias }],
        metadata: { targets: row.targets, rules: row.rules, version: row.version },
      })
      return describeRoute({ ...row, source: 'own' })
    })
  },
})
