import { conflict, Id, operation, Slug } from '@guildhall/kernel'
import { z } from 'zod'
import { KnowledgeBaseOutput, summariseBases } from '../base-output.ts'
import { insertBase } from '../bases.ts'

export const createBase = operation({
  name: 'knowledge.bases.create',
  summary: 'Create a knowledge base',
  route: 'POST /knowledge',
  permission: 'knowledge:write',
  status: 201,
  input: z.object({
    title: z.string().trim().min(1).max(120),
    description: z.string().max(1000).default(''),
    key: Slug.optional().describe('Name for programs, unique within its project; made from the title when left out'),
    projectId: Id.optional(),
  }),
  output: KnowledgeBaseOutput,
  async run({ key, ...base }, ctx) {
    const row = await insertBase(ctx, { ...base, key: key ?? keyFrom(base.title) })
    if (!row)
      throw conflict('There is a knowledge base with this key already.', [
        { field: key === undefined ? 'title' : 'key', message: 'is taken; choose another' },
      ])
    ctx.audit({ targets: [{ type: 'knowledge-base', id: row.id, name: row.title }] })
    const [created] = await summariseBases(ctx, [row])
    if (!created) throw new Error('The knowledge base was not summarised')
    return created
  },
})

function keyFrom(title: string): string {
  const plain = title.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()
  const words = plain.match(/[a-z0-9]+/g) ?? []
  return words.join('-').slice(0, 63).replace(/-$/, '') || 'knowledge'
}
