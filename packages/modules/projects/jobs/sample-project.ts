import { job, type Context } from '@guildhall/kernel'
import { eq, and } from 'drizzle-orm'
import { z } from 'zod'
import { projects } from '../schema.ts'

/** Fills a project with the blueprint's sample data. May run twice; the blueprint makes that harmless. */
export const sampleProject = job({
  name: 'projects.sample',
  payload: z.object({ projectId: z.uuid(), seed: z.int(), days: z.int().min(1) }),
  maxAttempts: 3,
  async run({ projectId, seed, days }, ctx) {
    const [project] = await ctx.transaction((tx) => tx.db.select().from(projects).where(at(ctx, projectId)), {
      readOnly: true,
    })
    // Removed in the meantime: nothing to fill.
    if (!project) return
    const blueprint = ctx.services.projects.blueprints().find((each) => each.id === project.blueprintId)
    if (!blueprint) throw new Error(`This version has no blueprint ${project.blueprintId} any more`)
    const { id, knowledge, agents } = project
    await blueprint.sample(ctx, { id, knowledge, agents }, { seed, days })
    await settle(ctx, projectId, 'ready', null)
  },
  failed: ({ projectId }, error, ctx) => settle(ctx, projectId, 'failed', error.message),
})

async function settle(
  ctx: Context,
  projectId: string,
  sampleState: 'ready' | 'failed',
  sampleError: string | null,
): Promise<void> {
  await ctx.transaction(async (tx) => {
    await tx.db.update(projects).set({ sampleState, sampleError, updatedAt: tx.now() }).where(at(ctx, projectId))
    tx.emit(`project.sample-${sampleState}`, { projectId })
  })
}

function at(ctx: Context, projectId: string) {
  return and(eq(projects.tenantId, ctx.tenant.id), eq(projects.id, projectId))
}
