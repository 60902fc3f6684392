import { allows, conflict, Id, invalidInput, newId, operation } from '@guildhall/kernel'
import { z } from 'zod'
import { loadAgent } from '../agent.ts'
import { actorKey, ChatSummary, ChatTitle, describeChat } from '../chat/chat.ts'
import { chats } from '../schema.ts'

export const createChat = operation({
  name: 'chats.create',
  summary: 'Begin a chat with an agent',
  route: 'POST /chats',
  permission: 'chats:use',
  tool: false,
  status: 201,
  input: z.object({
    agentId: Id,
    draft: z
      .boolean()
      .default(false)
      .describe('Try the draft as it is, for those who may edit agents; otherwise the published version answers'),
    title: ChatTitle.optional(),
  }),
  output: ChatSummary,
  async run({ agentId, draft, title }, ctx) {
    const agent = await loadAgent(ctx, agentId)
    if (agent.archivedAt) throw conflict(`${agent.name} is archived and answers no more.`)
    const { role, scopes } = ctx.caller
    if (draft && !(role && allows(role, scopes, 'agents:write')))
      throw invalidInput([{ field: 'draft', message: 'drafts can be tried by those who may edit agents' }])
    if (!draft && agent.publishedVersion === null)
      throw conflict(`${agent.name} is not published yet. Publish it, or try its draft with \`draft: true\`.`)
    const [row] = await ctx.db
      .insert(chats)
      .values({
        id: newId(),
        tenantId: ctx.tenant.id,
        agentId,
        agentVersion: draft ? null : agent.publishedVersion,
        title: title ?? '',
        projectId: agent.projectId,
        createdBy: actorKey(ctx),
        createdByName: ctx.actor.name,
        createdAt: ctx.now(),
        updatedAt: ctx.now(),
      })
      .returning()
    if (!row) throw new Error('The chat was not written')
    ctx.audit({ targets: [{ type: 'chat', id: row.id }] })
    return describeChat(ctx, row, agent, false)
  },
})
