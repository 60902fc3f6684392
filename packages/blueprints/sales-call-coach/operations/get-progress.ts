import { Benchmark, TALK_BENCHMARK } from '@guildhall/engines/conversation'
import { Id, operation, type Services } from '@guildhall/kernel'
import { z } from 'zod'
import { blueprintId } from '../blueprint-id.ts'

const dayMs = 86_400_000

const Period = z.object({
  calls: z.int(),
  score: z.number().nullable().describe('Mean score, 0 to 100'),
  talkRatio: z.number().nullable().describe('Mean talk ratio of the rep, percent'),
  agreed: z.int().describe('Calls that ended with a next step that both sides agreed on'),
})

export const getProgress = operation({
  name: 'coach.progress',
  summary: 'Score, talk ratio and agreed next steps of the team and of each rep, now and in the period before',
  route: 'GET /coach/progress',
  permission: 'records:read',
  tenant: 'client',
  external: true,
  input: z.object({
    projectId: Id.optional(),
    days: z.int().min(1).max(365).default(30),
    rep: z.string().max(200).optional(),
  }),
  output: z.object({
    days: z.int(),
    team: Period,
    teamBefore: Period,
    talkRatioBenchmark: Benchmark.describe('Published figure beside the talk ratios, as shares 0 to 1'),
    reps: z.array(
      Period.extend({
        rep: z.string(),
        scoreBefore: z.number().nullable().describe('Mean score of the period before'),
      }),
    ),
  }),
  async run({ projectId, days, rep }, ctx) {
    const project = await ctx.services.projects.resolve(ctx, blueprintId, projectId)
    const now = ctx.now().getTime()
    const measure = (fromDays: number, toDays: number): Promise<Measured> =>
      ctx.transaction(
        async (tx) => {
          const group = (
            groupBy: string | undefined,
            measured: { function: 'avg' | 'count'; member?: string },
            nextStep?: string,
          ) =>
            tx.services.records.aggregate(tx, {
              projectId: project.id,
              collection: 'calls',
              measure: measured,
              ...(groupBy === undefined ? {} : { groupBy }),
              where: {
                // One millisecond apart, so that no call is in both periods.
                startedAt: {
                  gte: new Date(now - fromDays * dayMs).toISOString(),
                  lte: new Date(now - toDays * dayMs - (toDays > 0 ? 1 : 0)).toISOString(),
                },
                ...(rep === undefined ? {} : { rep: { eq: rep } }),
                ...(nextStep === undefined ? {} : { nextStep: { eq: nextStep } }),
              },
            })
          const of = async (groupBy: string | undefined) => ({
            scores: await group(groupBy, { function: 'avg', member: 'score' }),
            ratios: await group(groupBy, { function: 'avg', member: 'talkRatio' }),
            agreed: await group(groupBy, { function: 'count' }, 'agreed'),
          })
          return { team: await of(undefined), reps: await of('rep') }
        },
        { readOnly: true },
      )
    const current = await measure(days, 0)
    const before = await measure(2 * days, days)
    const names = [...new Set([...current.reps.scores, ...before.reps.scores].map((group) => group.key))]
    return {
      days,
      team: periodOf(current.team, null),
      teamBefore: periodOf(before.team, null),
      talkRatioBenchmark: TALK_BENCHMARK,
      reps: names
        .map((key) => ({
          rep: key === null ? 'unknown' : String(key),
          ...periodOf(current.reps, key),
          scoreBefore: periodOf(before.reps, key).score,
        }))
        .toSorted((a, b) => a.rep.localeCompare(b.rep)),
    }
  },
})

type Group = Awaited<ReturnType<Services['records']['aggregate']>>[number]

interface Groups {
  scores: Group[]
  ratios: Group[]
  agreed: Group[]
}
interface Measured {
  team: Groups
  reps: Groups
}

function periodOf({ scores, ratios, agreed }: Groups, key: Group['key']): z.output<typeof Period> {
  const find = (groups: Group[]) => groups.find((group) => group.key === key)
  return {
    calls: find(scores)?.count ?? 0,
    score: rounded(find(scores)?.value),
    talkRatio: rounded(find(ratios)?.value),
    agreed: find(agreed)?.count ?? 0,
  }
}

function rounded(value: number | null | undefined): number | null {
  return typeof value === 'number' ? Math.round(value * 10) / 10 : null
}
