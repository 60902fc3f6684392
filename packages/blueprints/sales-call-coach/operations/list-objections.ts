import { Id, operation } from '@guildhall/kernel'
import { z } from 'zod'
import { blueprintId } from '../blueprint-id.ts'
import { objectionsOfCalls } from '../roleplay/objections-of-calls.ts'

export const listObjections = operation({
  name: 'coach.objections',
  summary: 'Objections of the team’s latest calls, counted by kind, with the words of the prospects and how they were met',
  route: 'GET /coach/objections',
  permission: 'records:read',
  tenant: 'client',
  external: true,
  input: z.object({ projectId: Id.optional(), days: z.int().min(1).max(365).default(30) }),
  output: z.object({
    kinds: z.array(z.object({ kind: z.string(), count: z.int(), ignored: z.int().describe('How many the rep passed over') })),
    examples: z.array(z.object({ kind: z.string(), quote: z.string(), handling: z.string(), callId: z.string().nullable() })),
  }),
  async run({ projectId, days }, ctx) {
    const project = await ctx.services.projects.resolve(ctx, blueprintId, projectId)
    const since = new Date(ctx.now().getTime() - days * 86_400_000).toISOString()
    const found = (await objectionsOfCalls(ctx, project, 200)).filter((objection) => objection.analysedAt >= since)
    const kinds = [...new Set(found.map((objection) => objection.kind))].map((kind) => {
      const ofKind = found.filter((objection) => objection.kind === kind)
      return { kind, count: ofKind.length, ignored: ofKind.filter((objection) => objection.handling === 'ignored').length }
    })
    return {
      kinds: kinds.toSorted((a, b) => b.count - a.count),
      examples: found.slice(0, 20).map(({ kind, text, handling, callId }) => ({ kind, quote: text, handling, callId })),
    }
  },
})
