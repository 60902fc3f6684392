import { Id, operation } from '@guildhall/kernel'
import { z } from 'zod'
import { teachCall } from '../analysis/save-call.ts'
import { storedTranscript } from '../analysis/stored-call.ts'
import { blueprintId } from '../blueprint-id.ts'

export const restoreCall = operation({
  name: 'coach.restore-call',
  summary: 'Bring a removed call back with its analyses; the coach may cite it again',
  route: 'POST /coach/calls/{id}/restore',
  permission: 'records:write',
  tenant: 'client',
  external: true,
  input: z.object({
    projectId: Id.optional(),
    id: Id.describe('Call'),
    analysisIds: z.array(Id).max(10_000).default([]).describe('As `coach.remove-call` answered'),
  }),
  output: z.object({ id: z.string() }),
  async run({ projectId, id, analysisIds }, ctx) {
    const project = await ctx.services.projects.resolve(ctx, blueprintId, projectId)
    await ctx.transaction(async (tx) => {
      const { records } = tx.services
      await records.restore(tx, { projectId: project.id, collection: 'calls', id })
      for (const analysisId of analysisIds)
        await records.restore(tx, { projectId: project.id, collection: 'call-analyses', id: analysisId })
      tx.audit({ targets: [{ type: 'record', id }], metadata: { collection: 'calls', projectId: project.id } })
    })
    const { transcript, title } = await storedTranscript(ctx, project, id)
    await teachCall(ctx, project, transcript, { id, title })
    return { id }
  },
})
