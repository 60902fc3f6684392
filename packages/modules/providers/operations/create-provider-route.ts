import { conflict, Id, newId, operation } from '@guildhall/kernel'
import { requireSubjects } from '@guildhall/modules/limits'
import { and, eq, isNull } from 'drizzle-orm'
import { z } from 'zod'
import { providersTopic } from '../load-providers.ts'
import {
  Alias,
  changeRules,
  checkTargets,
  describeRoute,
  Route,
  RouteTargets,
  RuleChanges,
  Title,
  usualRules,
} from '../routes/route-output.ts'
import { providerRoutes } from '../schema.ts'

/** More would be listed nowhere. */
const mostRoutes = 200

export const createProviderRoute = operation({
  name: 'provider-routes.create',
  summary: 'Give a name to models: who is asked, in which order, and how',
  description:
    'Requests name the alias as their model. A project’s route comes before the client’s of that name, the client’s before the agency’s.',
  route: 'POST /provider-routes',
  permission: 'providers:admin',
  input: z.object({
    alias: Alias,
    title: Title.default(''),
    projectId: Id.nullable().default(null).describe('For one project only; null = for the whole tenant'),
    targets: RouteTargets,
    rules: RuleChanges.default({}),
  }),
  output: Route,
  external: true,
  async run({ alias, title, projectId, targets, rules }, ctx) {
    await checkTargets(ctx, targets)
    const tenantId = ctx.tenant.id
    return ctx.transaction(async (tx) => {
      await requireSubjects(tx, [{ field: 'projectId', scope: 'project', id: projectId }])
      const sameName = and(
        eq(providerRoutes.tenantId, tenantId),
        eq(providerRoutes.alias, alias),
        projectId === null ? isNull(providerRoutes.projectId) : eq(providerRoutes.projectId, projectId),
      )
      if ((await tx.db.$count(providerRoutes, sameName)) > 0)
        throw conflict(`There is a route ${alias} already. Change that one, or choose another alias.`, [
          { field: 'alias', message: 'is taken' },
        ])
      if ((await tx.db.$count(providerRoutes, eq(providerRoutes.tenantId, tenantId))) >= mostRoutes)
        throw conflict(`There are ${mostRoutes} routes already. Remove one that is not used.`)
      const [row] = await tx.db
        .insert(providerRoutes)
        .values({
          id: newId(),
          tenantId,
          alias,
          title,
          projectId,
          targets,
          rules: changeRules(usualRules, rules),
          createdAt: ctx.now(),
          updatedAt: ctx.now(),
          updatedBy: ctx.actor.name,
        })
        .returning()
      if (!row) throw new Error('The route that was written is not there')
      tx.notice(providersTopic, tenantId)
      tx.audit({
        targets: [{ type: 'provider-route', id: row.id, name: alias }],
        metadata: { targets, rules: row.rules },
      })
      return describeRoute({ ...row, source: 'own' })
    })
  },
})
