import type { Context } from '@guildhall/kernel'
import { reachableTenants as reachOf, type ReachableTenant } from '@guildhall/modules/ledger'

export type { ReachableTenant } from '@guildhall/modules/ledger'

/** Whose runs the caller may read besides those of the tenant they act for. */
export function reachableTenants(ctx: Context): Promise<ReachableTenant[]> {
  return reachOf(ctx, 'runs:read')
}
