import { remember, type Broadcast, type Remembered, type TenantDatabase } from '@guildhall/kernel'
import { eq } from 'drizzle-orm'
import { budgets, keyPolicies } from './schema.ts'

export type KeyPolicy = typeof keyPolicies.$inferSelect
export type Budget = typeof budgets.$inferSelect

/** All limits that a tenant has set: small, and asked with each call. */
export interface LimitBook {
  tenantId: string
  /** By id of the key. */
  policies: ReadonlyMap<string, KeyPolicy>
  /** By scope and its id. */
  budgets: ReadonlyMap<string, Budget>
}

/** Notices of this topic carry the tenant whose limits have changed. */
export const limitsTopic = 'limits'

const maxAgeMs = 60_000
const maxTenants = 5_000

export function budgetKey(scope: Budget['scope'], scopeId: string): string {
  return `${scope}:${scopeId}`
}

export function rememberBooks(database: TenantDatabase, broadcast: Broadcast): Remembered<LimitBook> {
  return remember({
    broadcast,
    topic: limitsTopic,
    maxAgeMs,
    maxEntries: maxTenants,
    load: (tenantId) =>
      database.within({ tenantId, readOnly: true }, async (db): Promise<LimitBook> => {
        const [policies, found] = await Promise.all([
          db.select().from(keyPolicies).where(eq(keyPolicies.tenantId, tenantId)),
          db.select().from(budgets).where(eq(budgets.tenantId, tenantId)),
        ])
        return {
          tenantId,
          policies: new Map(policies.map((policy) => [policy.keyId, policy])),
          budgets: new Map(found.map((budget) => [budgetKey(budget.scope, budget.scopeId), budget])),
        }
      }),
  })
}
