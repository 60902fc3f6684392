import { Id, invalidInput, operation } from '@guildhall/kernel'
import { z } from 'zod'
import { KnowledgeSourceOutput, sourceOutput } from '../source-output.ts'
import { addFile, addText } from '../sources.ts'

const mostCharacters = 2_000_000

export const addSource = operation({
  name: 'sources.add',
  summary: 'Add a stored file or a text to a knowledge base; it is read in the background',
  description:
    'Upload a file first (bucket `documents`) and name it with `fileId`, or give `title` and `text`. The answer comes at once with the state `queued`; look at the source until it is `ready` or `failed`. The same content again is the same source.',
  route: 'POST /knowledge/{baseId}/sources',
  permission: 'knowledge:write',
  status: 202,
  maxBody: 8 * 1024 * 1024,
  emits: ['knowledge.source-queued', 'knowledge.source-ready', 'knowledge.source-failed'],
  input: z.object({
    baseId: Id,
    fileId: Id.optional().describe('A stored file'),
    title: z.string().trim().min(1).max(300).optional().describe('Needed with `text`; a file has its own'),
    text: z.string().min(1).max(mostCharacters).optional().describe('Plain text or Markdown'),
    key: z.string().min(1).max(200).optional().describe('Of a text: the same key again replaces it'),
  }),
  secret: ['text'],
  output: KnowledgeSourceOutput,
  async run({ baseId, fileId, title, text, key }, ctx) {
    if ((fileId === undefined) === (text === undefined))
      throw invalidInput([{ field: 'fileId', message: 'give either `fileId`, or `title` and `text`' }])
    const add = () => {
      if (fileId !== undefined) return addFile(ctx, { baseId, fileId, title })
      if (title === undefined || text === undefined)
        throw invalidInput([{ field: 'title', message: 'is needed with `text`' }])
      return addText(ctx, { baseId, title, text, key })
    }
    const source = await add()
    ctx.audit({ targets: [{ type: 'knowledge-source', id: source.id, name: source.title }], metadata: { baseId } })
    return sourceOutput(source)
  },
})
