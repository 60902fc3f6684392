import type { LimitedPeople, NamesById } from '@guildhall/modules/limits'
import { and, asc, eq, inArray, or, sql } from 'drizzle-orm'
import { apiKeys, memberships } from './schema.ts'

const ofTransaction = sql`(select nullif(current_setting('app.tenant', true), '')::uuid)`

/** People, for the limits that are set for them and the budgets that they are told about. */
export const limitedPeople: LimitedPeople = {
  async of(db, ids) {
    const rows = await db
      .select({ id: memberships.userId, name: memberships.name })
      .from(memberships)
      .where(inArray(memberships.userId, [...ids]))
    return new Map(rows.map((row) => [row.id, row.name]))
  },
  inCharge: (db) =>
    db
      .select({ name: memberships.name, email: memberships.email })
      .from(memberships)
      .where(
        and(eq(memberships.tenantId, ofTransaction), or(eq(memberships.role, 'owner'), eq(memberships.role, 'admin'))),
      )
      .orderBy(asc(memberships.email)),
}

export const apiKeyNames: NamesById = {
  async of(db, ids) {
    const rows = await db
      .select({ id: apiKeys.id, name: apiKeys.name })
      .from(apiKeys)
      .where(inArray(apiKeys.id, [...ids]))
    return new Map(rows.map((row) => [row.id, row.name]))
  },
}
