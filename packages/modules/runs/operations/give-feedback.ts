import { Id, notFound, operation } from '@guildhall/kernel'
import { and, eq } from 'drizzle-orm'
import { z } from 'zod'
import { Feedback } from '../run-output.ts'
import { runFeedback, runs } from '../schema.ts'

export const giveFeedback = operation({
  name: 'runs.feedback',
  summary: 'Say whether a run’s answer was good',
  description: 'One word per person and run; sending it again replaces the earlier one.',
  route: 'PUT /runs/{id}/feedback',
  permission: 'runs:use',
  input: z.object({
    id: Id,
    rating: z.enum(['up', 'down']).nullable(),
    comment: z.string().trim().max(4000).nullish(),
  }),
  output: Feedback,
  emits: ['run.feedback'],
  async run({ id, rating, comment }, ctx) {
    const tenantId = ctx.tenant.id
    const [run] = await ctx.db
      .select({ id: runs.id })
      .from(runs)
      .where(and(eq(runs.tenantId, tenantId), eq(runs.id, id)))
    if (!run) throw notFound('run', id)
    const values = { actorName: ctx.actor.name, rating, comment: comment || null, updatedAt: ctx.now() }
    const [row] = await ctx.db
      .insert(runFeedback)
      .values({ tenantId, runId: id, actor: `${ctx.actor.type}:${ctx.actor.id}`, ...values })
      .onConflictDoUpdate({ target: [runFeedback.tenantId, runFeedback.runId, runFeedback.actor], set: values })
      .returning()
    if (!row) throw new Error('the database returned no row for the feedback that it stored')
    ctx.emit('run.feedback', { runId: id, rating })
    return row
  },
})
