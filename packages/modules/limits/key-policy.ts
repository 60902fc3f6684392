import { Id, type Context, type Database, type TransactionContext } from '@guildhall/kernel'
import { and, eq, inArray } from 'drizzle-orm'
import { z } from 'zod'
import { limitsTopic } from './book.ts'
import { refuse, unknownPatterns, unknownSubjects } from './check-named.ts'
import { largestBudgetMicros } from './budget-output.ts'
import { rateSubject } from './gcra.ts'
import { budgets, keyPolicies, rateStates } from './schema.ts'
import { removeBudget, storeBudget } from './store-budget.ts'

export type NewKeyPolicy = Omit<typeof keyPolicies.$inferSelect, 'tenantId' | 'keyId' | 'updatedAt'>

const most = 2_147_483_647
const Limit = (what: string) => z.int().min(1).max(most).nullable().default(null).describe(`${what}; null = no limit`)

/** What an API key may call, and how much of it, as its maker says it. */
export const KeyPolicyInput = z.object({
  projectId: Id.nullable().default(null).describe('Project that its usage counts for; null = what each request names'),
  agentId: Id.nullable().default(null).describe('Agent that its usage counts for; null = what each request names'),
  userId: z
    .string()
    .min(1)
    .max(100)
    .nullable()
    .default(null)
    .describe('Person it was made for; null = nobody in particular'),
  allowed: z
    .array(z.string().trim().min(1).max(200))
    .max(200)
    .nullable()
    .default(null)
    .describe('Routes and models (`provider/model`) it may ask; a trailing `*` matches what begins so. Null = all'),
  requestsPerMinute: Limit('Calls per minute'),
  tokensPerMinute: Limit('Tokens per minute, of input and output'),
  concurrent: Limit('Calls at the same time'),
  monthlyBudgetMicros: z
    .int()
    .min(0)
    .max(largestBudgetMicros)
    .nullable()
    .default(null)
    .describe('USD micro-units per month (UTC), 1,000,000 = 1 USD; null = no budget of its own'),
})

export const KeyPolicyOutput = z.object({
  projectId: z.string().nullable(),
  agentId: z.string().nullable(),
  userId: z.string().nullable(),
  allowed: z.array(z.string()).nullable(),
  requestsPerMinute: z.int().nullable(),
  tokensPerMinute: z.int().nullable(),
  concurrent: z.int().nullable(),
  monthlyBudgetMicros: z.number().nullable().describe('USD micro-units per month'),
})

/** Sets what a key of the current tenant may call. It holds in every process once the transaction has committed. */
export async function setKeyPolicy(ctx: TransactionContext, keyId: string, policy: NewKeyPolicy): Promise<void> {
  const tenantId = ctx.tenant.id
  await beginRatesAnew(ctx, keyId, policy)
  if (Object.values(policy).every((value) => value === null))
    await ctx.db.delete(keyPolicies).where(and(eq(keyPolicies.tenantId, tenantId), eq(keyPolicies.keyId, keyId)))
  else {
    const values = { ...policy, updatedAt: ctx.now() }
    await ctx.db
      .insert(keyPolicies)
      .values({ tenantId, keyId, ...values })
      .onConflictDoUpdate({ target: [keyPolicies.tenantId, keyPolicies.keyId], set: values })
  }
  ctx.notice(limitsTopic, tenantId)
}

/**
 * What was used of a rate is kept as the time until it is used up, which says something else under another rate: a raised
 * one would refuse calls for a minute, a lowered one for hours.
 */
async function beginRatesAnew(
  { db, tenant }: TransactionContext,
  keyId: string,
  { requestsPerMinute, tokensPerMinute }: NewKeyPolicy,
): Promise<void> {
  const [before] = await db
    .select({ requests: keyPolicies.requestsPerMinute, tokens: keyPolicies.tokensPerMinute })
    .from(keyPolicies)
    .where(and(eq(keyPolicies.tenantId, tenant.id), eq(keyPolicies.keyId, keyId)))
  const changed = [
    ...(before && before.requests !== requestsPerMinute ? [rateSubject(keyId, 'requests')] : []),
    ...(before && before.tokens !== tokensPerMinute ? [rateSubject(keyId, 'tokens')] : []),
  ]
  if (changed.length > 0)
    await db.delete(rateStates).where(and(eq(rateStates.tenantId, tenant.id), inArray(rateStates.subject, changed)))
}

/**
 * Policy and budget of a key of the current tenant, as a whole.
 * @param policy null = nothing is limited
 * @throws Problem 400 naming each field of `policy` that names what is not there
 */
export async function storeKeyPolicy(
  ctx: TransactionContext,
  keyId: string,
  policy: z.output<typeof KeyPolicyInput> | null,
): Promise<void> {
  const { monthlyBudgetMicros, ...limits } = policy ?? KeyPolicyInput.parse({})
  refuse([
    ...(await unknownSubjects(ctx, [
      { field: 'policy.projectId', scope: 'project', id: limits.projectId },
      { field: 'policy.agentId', scope: 'agent', id: limits.agentId },
      { field: 'policy.userId', scope: 'user', id: limits.userId },
    ])),
    ...(await unknownPatterns(ctx, 'policy.allowed', limits.allowed ?? [])),
  ])
  await setKeyPolicy(ctx, keyId, limits)
  const [known] = await ctx.db
    .select({ id: budgets.id, whenSpent: budgets.whenSpent, downgradeTo: budgets.downgradeTo })
    .from(budgets)
    .where(and(eq(budgets.tenantId, ctx.tenant.id), eq(budgets.scope, 'key'), eq(budgets.scopeId, keyId)))
  if (monthlyBudgetMicros !== null) {
    const { whenSpent = 'refuse', downgradeTo = null } = known ?? {}
    const scope = { scope: 'key' as const, scopeId: keyId }
    await storeBudget(ctx, { ...scope, monthlyMicros: monthlyBudgetMicros, whenSpent, downgradeTo })
  } else if (known) await removeBudget(ctx, known.id)
}

/** Policies and budgets of keys of the current tenant; a key that is not limited is not in it. */
export async function readKeyPolicies(
  db: Database,
  tenantId: string,
  keyIds: readonly string[],
): Promise<Map<string, z.output<typeof KeyPolicyOutput>>> {
  if (keyIds.length === 0) return new Map()
  const [policies, found] = await Promise.all([
    db
      .select()
      .from(keyPolicies)
      .where(and(eq(keyPolicies.tenantId, tenantId), inArray(keyPolicies.keyId, [...keyIds]))),
    db
      .select({ keyId: budgets.scopeId, monthlyMicros: budgets.monthlyMicros })
      .from(budgets)
      .where(and(eq(budgets.tenantId, tenantId), eq(budgets.scope, 'key'), inArray(budgets.scopeId, [...keyIds]))),
  ])
  const read = new Map<string, z.output<typeof KeyPolicyOutput>>()
  for (const { keyId, tenantId: _tenant, updatedAt: _at, ...limits } of policies)
    read.set(keyId, { ...limits, monthlyBudgetMicros: null })
  for (const { keyId, monthlyMicros } of found)
    read.set(keyId, { ...(read.get(keyId) ?? unlimited), monthlyBudgetMicros: monthlyMicros })
  return read
}

const unlimited = KeyPolicyInput.parse({})

/** Whether the caller is an API key with limits; such a key must not make itself another without. */
export async function isLimitedKey(ctx: Context): Promise<boolean> {
  const { actor, tenant } = ctx
  if (actor.type !== 'api-key') return false
  const homes = [...new Set([tenant.id, tenant.agencyId])]
  const found = await ctx.transaction(
    (tx) =>
      Promise.all([
        tx.db.$count(keyPolicies, and(inArray(keyPolicies.tenantId, homes), eq(keyPolicies.keyId, actor.id))),
        tx.db.$count(
          budgets,
          and(inArray(budgets.tenantId, homes), eq(budgets.scope, 'key'), eq(budgets.scopeId, actor.id)),
        ),
      ]),
    { readOnly: true, alsoRead: homes },
  )
  return found.some((count) => count > 0)
}
