import { Id, operation } from '@guildhall/kernel'
import { z } from 'zod'
import { removeSource as remove } from '../sources.ts'

export const removeSource = operation({
  name: 'sources.remove',
  summary: 'Remove a source with its passages; a stored file stays among the files',
  route: 'DELETE /knowledge/sources/{id}',
  permission: 'knowledge:write',
  emits: ['knowledge.source-removed'],
  input: z.object({ id: Id }),
  output: z.object({ id: z.uuid() }),
  async run({ id }, ctx) {
    const source = await remove(ctx, id)
    ctx.audit({ targets: [{ type: 'knowledge-source', id, name: source.title }] })
    return { id }
  },
})
