import { Id, invalidInput, operation } from '@guildhall/kernel'
import { z } from 'zod'
import { blueprintId } from '../blueprint-id.ts'

export const addTrainingMaterial = operation({
  name: 'coach.add-training-material',
  summary: 'Add a training material: a record, and knowledge that the coach cites',
  route: 'POST /training-materials',
  permission: 'knowledge:write',
  tenant: 'client',
  external: true,
  status: 201,
  maxBody: 4 * 1024 * 1024,
  input: z
    .object({
      projectId: Id.optional(),
      title: z.string().trim().min(1).max(200),
      kind: z.enum(['playbook', 'guide', 'script', 'case-study', 'other']).default('guide'),
      description: z.string().max(4000).optional(),
      text: z.string().max(2_000_000).optional(),
      fileId: Id.optional().describe('A file of the bucket training-materials'),
    })
    .refine((input) => (input.text === undefined) !== (input.fileId === undefined), {
      error: 'give either text or fileId',
      path: ['text'],
    }),
  output: z.object({ id: z.string(), sourceId: z.string() }),
  async run({ projectId, text, fileId, ...material }, ctx) {
    const project = await ctx.services.projects.resolve(ctx, blueprintId, projectId)
    const baseId = project.knowledge['training']
    if (!baseId)
      throw invalidInput([{ field: 'projectId', message: 'this project has no knowledge base for training materials' }])
    return ctx.transaction(async (tx) => {
      const source =
        fileId === undefined
          ? await tx.services.knowledge.addText(tx, { baseId, title: material.title, text: text ?? '' })
          : await tx.services.knowledge.addFile(tx, { baseId, fileId, title: material.title })
      const data = { ...material, ...(fileId === undefined ? {} : { fileId }), sourceId: source.id }
      const record = await tx.services.records.create(tx, {
        projectId: project.id,
        collection: 'training-materials',
        data,
      })
      return { id: record.id, sourceId: source.id }
    })
  },
})
