import { tenants, type Context, type Database, type TransactionContext } from '@guildhall/kernel'
import { and, eq, inArray } from 'drizzle-orm'
import type { Budget } from './book.ts'

/** Names by id, of those that there are in the tenants that the transaction reads; others are absent. */
export interface NamesById {
  of(db: Database, ids: readonly string[]): Promise<ReadonlyMap<string, string>>
}

/** The people of a tenant, as far as limits concern them. */
export interface LimitedPeople extends NamesById {
  /** Owners and admins of the tenant of the transaction: who can change a budget. */
  inCharge(db: Database): Promise<{ name: string; email: string }[]>
}

/** Routes and models, as far as limits name them. */
export interface ModelNames {
  /** Whether a request of this tenant can name it, and somebody who is configured would answer. */
  canBeAsked(ctx: Context, name: string): Promise<boolean>
  /** Whether a name, or a beginning with a trailing `*`, is of a route, a model, or a connection that there could be. */
  isKnown(ctx: Context, pattern: string): Promise<boolean>
}

declare module '@guildhall/kernel' {
  interface Services {
    // Each is filled by the module that knows; absent where an installation leaves that module out.
    apiKeyNames?: NamesById
    agentNames?: NamesById
    limitedPeople?: LimitedPeople
    modelNames?: ModelNames
  }
}

/** Null = nobody here can tell. */
export async function namesOf(
  ctx: TransactionContext,
  scope: Budget['scope'],
  ids: readonly string[],
): Promise<ReadonlyMap<string, string> | null> {
  const { services, db } = ctx
  switch (scope) {
    case 'tenant':
      return new Map([['', ctx.tenant.name]])
    case 'client':
      return clientNames(ctx, ids)
    case 'project':
      return (await services.projectNames?.of(db, ids)) ?? null
    case 'agent':
      return (await services.agentNames?.of(db, ids)) ?? null
    case 'key':
      return (await services.apiKeyNames?.of(db, ids)) ?? null
    case 'user':
      return peopleNames(ctx, ids)
  }
}

async function clientNames({ db, tenant }: TransactionContext, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await db
    .select({ id: tenants.id, name: tenants.name })
    .from(tenants)
    .where(and(eq(tenants.kind, 'client'), eq(tenants.agencyId, tenant.id), inArray(tenants.id, [...ids])))
  return new Map(rows.map((row) => [row.id, row.name]))
}

/** At a client also people of its agency, who work for it. */
async function peopleNames(
  ctx: TransactionContext,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string> | null> {
  const people = ctx.services.limitedPeople
  if (!people) return null
  const own = await people.of(ctx.db, ids)
  if (ctx.tenant.kind === 'agency' || ids.every((id) => own.has(id))) return own
  return ctx.transaction((tx) => people.of(tx.db, ids), { readOnly: true, alsoRead: [ctx.tenant.agencyId] })
}
