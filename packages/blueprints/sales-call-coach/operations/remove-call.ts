import { Id, notFound, operation, Problem } from '@guildhall/kernel'
import { z } from 'zod'
import { blueprintId } from '../blueprint-id.ts'

const largestBatch = 200

export const removeCall = operation({
  name: 'coach.remove-call',
  summary: 'Remove a call with its analyses; the coach no longer cites it. `coach.restore-call` undoes it',
  route: 'DELETE /coach/calls/{id}',
  permission: 'records:write',
  tenant: 'client',
  external: true,
  input: z.object({ projectId: Id.optional(), id: Id.describe('Call') }),
  output: z.object({ id: z.string(), analysisIds: z.array(z.string()).describe('The analyses that went with it') }),
  async run({ projectId, id }, ctx) {
    const project = await ctx.services.projects.resolve(ctx, blueprintId, projectId)
    return ctx.transaction(async (tx) => {
      const { records, knowledge } = tx.services
      const address = { projectId: project.id, collection: 'calls', id }
      const call = await records.get<{ sourceId?: string }>(tx, address)
      if (!call) throw notFound('call', id)
      const analysisIds: string[] = []
      let cursor: string | undefined
      do {
        const page = await records.list(tx, {
          projectId: project.id,
          collection: 'call-analyses',
          where: { callId: { eq: id } },
          members: ['callId'],
          limit: largestBatch,
          ...(cursor === undefined ? {} : { cursor }),
        })
        analysisIds.push(...page.items.map((analysis) => analysis.id))
        cursor = page.nextCursor ?? undefined
      } while (cursor !== undefined)
      for (const analysisId of analysisIds)
        await records.remove(tx, { projectId: project.id, collection: 'call-analyses', id: analysisId })
      const { sourceId } = call.data
      if (sourceId !== undefined) {
        // Taken off first: a restored call is taught anew.
        await records.update(tx, { ...address, data: { sourceId: null } })
        await knowledge.removeSource(tx, sourceId).catch(ignoreMissing)
      }
      await records.remove(tx, address)
      tx.audit({ targets: [{ type: 'record', id }], metadata: { collection: 'calls', projectId: project.id } })
      return { id, analysisIds }
    })
  },
})

/** Somebody may have removed the source under Knowledge before. */
function ignoreMissing(error: unknown): void {
  if (error instanceof Problem && error.status === 404) return
  throw error
}
