import { Id, notFound, operation } from '@guildhall/kernel'
import { and, asc, desc, eq } from 'drizzle-orm'
import { z } from 'zod'
import { RunDetail, runSummary, Step, stepsWithAttempts } from '../run-output.ts'
import { runAttempts, runFeedback, runs, runSteps } from '../schema.ts'

export const getRun = operation({
  name: 'runs.get',
  summary: 'One run with its steps and every provider attempt',
  route: 'GET /runs/{id}',
  permission: 'runs:read',
  input: z.object({ id: Id }),
  output: z.object({ run: RunDetail, steps: z.array(Step) }),
  async run({ id }, ctx) {
    const tenantId = ctx.tenant.id
    const [run] = await ctx.db
      .select()
      .from(runs)
      .where(and(eq(runs.tenantId, tenantId), eq(runs.id, id)))
    if (!run) throw notFound('run', id)
    const steps = await ctx.db
      .select()
      .from(runSteps)
      .where(and(eq(runSteps.tenantId, tenantId), eq(runSteps.runId, id)))
      .orderBy(asc(runSteps.position))
    const attempts = await ctx.db
      .select()
      .from(runAttempts)
      .where(and(eq(runAttempts.tenantId, tenantId), eq(runAttempts.runId, id)))
      .orderBy(asc(runAttempts.position))
    const feedback = await ctx.db
      .select()
      .from(runFeedback)
      .where(and(eq(runFeedback.tenantId, tenantId), eq(runFeedback.runId, id)))
      .orderBy(desc(runFeedback.updatedAt))
    const summary = runSummary(run, new Map([[tenantId, ctx.tenant]]), feedback[0])
    return {
      run: { ...summary, inputHash: run.inputHash, outputHash: run.outputHash, allFeedback: feedback },
      steps: stepsWithAttempts(steps, attempts),
    }
  },
})
