import { Id, operation } from '@guildhall/kernel'
import { and, eq, inArray, sql } from 'drizzle-orm'
import { z } from 'zod'
import { BudgetState, readBudgets } from '../budget-output.ts'
import { requestRate, stateOf, tokenRate, type Rate } from '../gcra.ts'
import { KeyPolicyOutput, readKeyPolicies } from '../key-policy.ts'
import { concurrencySlices, rateStates } from '../schema.ts'

const RateNow = z.object({
  perMinute: z.int(),
  burst: z.int().describe('At once, at most'),
  remaining: z.int().describe('That would be let in now'),
  resetMs: z.int().describe('Milliseconds until the whole burst is there again'),
})

export const getKeyLimits = operation({
  name: 'key-limits.get',
  summary: 'What an API key may still use now: rates, places, budget',
  description: 'A key that is not limited has null everywhere. Rates and places are those of all processes together.',
  route: 'GET /api-keys/{id}/limits',
  permission: 'api-keys:admin',
  tool: false,
  input: z.object({ id: Id }),
  output: z.object({
    policy: KeyPolicyOutput.nullable(),
    requests: RateNow.nullable(),
    tokens: RateNow.nullable(),
    concurrent: z
      .object({ limit: z.int(), held: z.int().describe('Places that processes hold, some of them for calls to come') })
      .nullable(),
    budget: BudgetState.nullable(),
  }),
  async run({ id }, ctx) {
    const tenantId = ctx.tenant.id
    const subject = (kind: string) => `key:${id}:${kind}`
    const [policies, rates, [places], budgets] = await Promise.all([
      readKeyPolicies(ctx.db, tenantId, [id]),
      ctx.db
        .select({
          subject: rateStates.subject,
          aheadMs: sql<number>`(${rateStates.arrivalMs} - extract(epoch from clock_timestamp()) * 1000)::float8`,
        })
        .from(rateStates)
        .where(
          and(eq(rateStates.tenantId, tenantId), inArray(rateStates.subject, [subject('requests'), subject('tokens')])),
        ),
      ctx.db
        .select({ held: sql<number>`coalesce(sum(${concurrencySlices.held}), 0)::int` })
        .from(concurrencySlices)
        .where(
          and(
            eq(concurrencySlices.tenantId, tenantId),
            eq(concurrencySlices.subject, subject('calls')),
            sql`${concurrencySlices.leaseUntil} >= now()`,
          ),
        ),
      readBudgets(ctx.db, ctx),
    ])
    const policy = policies.get(id) ?? null
    const rateNow = (kind: string, rate: Rate) => {
      const { room, resetMs } = stateOf(rate, rates.find((row) => row.subject === subject(kind))?.aheadMs ?? 0, 0)
      return { ...rate, remaining: Math.min(room, rate.burst), resetMs: Math.ceil(resetMs) }
    }
    const { requestsPerMinute = null, tokensPerMinute = null, concurrent = null } = policy ?? {}
    return {
      policy,
      requests: requestsPerMinute === null ? null : rateNow('requests', requestRate(requestsPerMinute)),
      tokens: tokensPerMinute === null ? null : rateNow('tokens', tokenRate(tokensPerMinute)),
      concurrent: concurrent === null ? null : { limit: concurrent, held: places?.held ?? 0 },
      budget: budgets.find(({ scope, scopeId }) => scope === 'key' && scopeId === id) ?? null,
    }
  },
})
