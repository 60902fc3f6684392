import type { Context } from '@guildhall/kernel'

/** `model` of the OpenAI API. */
export interface ModelObject {
  id: string
  object: 'model'
  /** Seconds since 1970; 0 where nobody knows. */
  created: number
  owned_by: string
}

/**
 * What `/v1` answers for: the chain, the built-in answerer, each provider's models, and the tenant's published agents. To an
 * API key only what it may name.
 */
export async function listModelObjects(ctx: Context): Promise<ModelObject[]> {
  const all = await ctx.services.providerAdministration.models(ctx)
  const mayName = await Promise.all(all.map(async ({ id }) => ctx.services.limits.mayName(ctx, id)))
  const models = all.filter((_model, place) => mayName[place])
  const agents = (await ctx.services.agentCompletions?.list(ctx)) ?? []
  return [
    ...models.map(({ id, ownedBy }): ModelObject => ({ id, object: 'model', created: 0, owned_by: ownedBy })),
    ...agents.map(({ slug, publishedAt }): ModelObject => ({
      id: `agent:${slug}`,
      object: 'model',
      created: Math.floor(publishedAt.getTime() / 1000),
      owned_by: ctx.tenant.slug,
    })),
  ]
}
