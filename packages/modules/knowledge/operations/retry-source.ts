import { conflict, Id, operation } from '@guildhall/kernel'
import { z } from 'zod'
import { KnowledgeSourceOutput, sourceOutput } from '../source-output.ts'
import { loadSource, requeue } from '../sources.ts'

export const retrySource = operation({
  name: 'sources.retry',
  summary: 'Read a source again; its passages are found until the new ones take their place',
  route: 'POST /knowledge/sources/{id}/retry',
  permission: 'knowledge:write',
  status: 202,
  input: z.object({ id: Id }),
  output: KnowledgeSourceOutput,
  async run({ id }, ctx) {
    const source = await loadSource(ctx, id)
    if (source.state === 'queued' || source.state === 'reading')
      throw conflict('This source is waiting to be read or being read already.')
    ctx.audit({ targets: [{ type: 'knowledge-source', id, name: source.title }] })
    return sourceOutput(await requeue(ctx, id))
  },
})
