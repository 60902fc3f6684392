import { Id, operation } from '@guildhall/kernel'
import { z } from 'zod'
import { blueprintId } from '../blueprint-id.ts'

const Row = z.object({ rep: z.string().optional(), analysedAt: z.string(), score: z.number().nullable(), talkRatio: z.number().nullable(), objections: z.number() })

export const getProgress = operation({
  name: 'coach.progress',
  summary: 'Score and talk ratio of each rep now and in the period before',
  route: 'GET /coach/progress',
  permission: 'records:read',
  tenant: 'client',
  external: true,
  input: z.object({ projectId: Id.optional(), days: z.int().min(1).max(180).default(30), rep: z.string().max(200).optional() }),
  output: z.object({
    days: z.int(),
    reps: z.array(
      z.object({
        rep: z.string(),
        calls: z.int(),
        score: z.number().nullable().describe('Mean score of the period, 0 to 100'),
        scoreBefore: z.number().nullable().describe('Mean score of the period before'),
        talkRatio: z.number().nullable().describe('Mean talk ratio of the rep, percent'),
      }),
    ),
  }),
  async run({ projectId, days, rep }, ctx) {
    const project = await ctx.services.projects.resolve(ctx, blueprintId, projectId)
    const now = ctx.now().getTime()
    const from = new Date(now - 2 * days * 86_400_000).toISOString()
    const middle = new Date(now - days * 86_400_000).toISOString()
    const rows: z.output<typeof Row>[] = []
    let cursor: string | undefined
    do {
      const page = await ctx.transaction(
        (tx) => tx.services.records.list(tx, { projectId: project.id, collection: 'call-analyses', where: { analysedAt: { gte: from } }, sort: '-analysedAt', limit: 200, ...(cursor === undefined ? {} : { cursor }) }),
        { readOnly: true },
      )
      for (const record of page.items) {
        const row = Row.safeParse(record.data)
        if (row.success && (rep === undefined || row.data.rep === rep)) rows.push(row.data)
      }
      cursor = page.nextCursor ?? undefined
    } while (cursor !== undefined)
    const names = [...new Set(rows.map((row) => row.rep ?? 'unknown'))].toSorted()
    return {
      days,
      reps: names.map((name) => {
        const own = rows.filter((row) => (row.rep ?? 'unknown') === name)
        const current = own.filter((row) => row.analysedAt >= middle)
        return {
          rep: name,
          calls: current.length,
          score: mean(current.map((row) => row.score)),
          scoreBefore: mean(own.filter((row) => row.analysedAt < middle).map((row) => row.score)),
          talkRatio: mean(current.map((row) => row.talkRatio)),
        }
      }),
    }
  },
})

function mean(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : Math.round((known.reduce((sum, value) => sum + value, 0) / known.length) * 10) / 10
}
