import { Id, notFound, operation, Problem } from '@guildhall/kernel'
import { z } from 'zod'
import { blueprintId } from '../blueprint-id.ts'

export const removeTrainingMaterial = operation({
  name: 'coach.remove-training-material',
  summary: 'Remove a training material and what the coach knows from it; its file stays',
  route: 'DELETE /training-materials/{id}',
  permission: 'knowledge:write',
  tenant: 'client',
  external: true,
  input: z.object({ projectId: Id.optional(), id: Id }),
  output: z.object({ id: z.string() }),
  async run({ projectId, id }, ctx) {
    const project = await ctx.services.projects.resolve(ctx, blueprintId, projectId)
    return ctx.transaction(async (tx) => {
      const address = { projectId: project.id, collection: 'training-materials', id }
      const material = await tx.services.records.get<{ sourceId?: string }>(tx, address)
      if (!material) throw notFound('training material', id)
      await tx.services.records.remove(tx, address)
      const { sourceId } = material.data
      if (sourceId !== undefined)
        await tx.services.knowledge.removeSource(tx, sourceId).catch((error: unknown) => {
          // Somebody may have removed the source under Knowledge before.
          if (!(error instanceof Problem && error.status === 404)) throw error
        })
      tx.audit({
        targets: [{ type: 'record', id }],
        metadata: { collection: 'training-materials', projectId: project.id },
      })
      return { id }
    })
  },
})
