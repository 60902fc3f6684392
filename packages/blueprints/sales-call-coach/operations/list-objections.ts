import { Id, operation } from '@guildhall/kernel'
import { z } from 'zod'
import { blueprintId } from '../blueprint-id.ts'
import { objectionsOfCalls } from '../roleplay/objections-of-calls.ts'

export const listObjections = operation({
  name: 'coach.objections',
  summary:
    'Objections of the team’s latest calls, counted by kind, with the words of the prospects and how they were met',
  route: 'GET /coach/objections',
  permission: 'records:read',
  tenant: 'client',
  external: true,
  input: z.object({
    projectId: Id.optional(),
    days: z.int().min(1).max(365).default(30),
    rep: z.string().max(200).optional().describe('Only calls of this rep are counted'),
  }),
  output: z.object({
    kinds: z.array(
      z.object({
        kind: z.string(),
        count: z.int().describe('How often it was raised'),
        missed: z.int().describe('How often the rep put it off or ignored it'),
      }),
    ),
    examples: z.array(
      z.object({ kind: z.string(), quote: z.string(), handling: z.string(), callId: z.string().nullable() }),
    ),
  }),
  async run({ projectId, days, rep }, ctx) {
    const project = await ctx.services.projects.resolve(ctx, blueprintId, projectId)
    const since = new Date(ctx.now().getTime() - days * 86_400_000).toISOString()
    const count = (groupBy: string) =>
      ctx.transaction(
        (tx) =>
          tx.services.records.aggregate(tx, {
            projectId: project.id,
            collection: 'calls',
            groupBy,
            measure: { function: 'count' },
            where: { startedAt: { gte: since }, ...(rep === undefined ? {} : { rep: { eq: rep } }) },
          }),
        { readOnly: true },
      )
    const [raised, missed] = [await count('objectionKinds'), await count('missedObjectionKinds')]
    const kinds = raised
      .filter((group) => typeof group.key === 'string')
      .map((group) => ({
        kind: String(group.key),
        count: group.count,
        missed: missed.find((each) => each.key === group.key)?.count ?? 0,
      }))
    const heard = (await objectionsOfCalls(ctx, project)).filter((objection) => objection.analysedAt >= since)
    return {
      kinds: kinds.toSorted((a, b) => b.count - a.count || a.kind.localeCompare(b.kind)),
      examples: heard.slice(0, 20).map(({ kind, text, handling, callId }) => ({ kind, quote: text, handling, callId })),
    }
  },
})
