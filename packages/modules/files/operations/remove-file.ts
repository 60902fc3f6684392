import { Id, operation } from '@guildhall/kernel'
import { z } from 'zod'
import { removeFile as remove } from '../create-file-store.ts'

export const removeFile = operation({
  name: 'files.remove',
  summary: 'Remove a file; its bytes are erased shortly after',
  route: 'DELETE /files/{id}',
  permission: 'files:write',
  emits: ['file.removed'],
  input: z.object({ id: Id }),
  output: z.object({ id: z.uuid() }),
  async run({ id }, ctx) {
    const file = await remove(ctx, id)
    ctx.audit({ targets: [{ type: 'file', id, name: file.name }] })
    return { id }
  },
})
