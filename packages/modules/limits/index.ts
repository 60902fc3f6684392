import { defineModule, type Module, type Runtime } from '@guildhall/kernel'
import { createLimits, type LimitSettings } from './create-limits.ts'
import { openBudgetMails, tellBudget } from './jobs/tell-budget.ts'
import { deleteBudget } from './operations/delete-budget.ts'
import { getKeyLimits } from './operations/get-key-limits.ts'
import { listBudgets } from './operations/list-budgets.ts'
import { putBudget } from './operations/put-budget.ts'

export type * from './limits.ts'
export type { LimitedPeople, ModelNames, NamesById } from './subjects.ts'
export { isLimitedKey, KeyPolicyInput, KeyPolicyOutput, readKeyPolicies, storeKeyPolicy } from './key-policy.ts'
export { requireSubjects } from './check-named.ts'
export * as limitsSchema from './schema.ts'

/** @param settings clocks and process other than the defaults (tests) */
export function createLimitsModule(settings: Partial<LimitSettings> = {}): Module {
  /** By installation: tests start several in one process. */
  const stops = new WeakMap<Runtime, () => Promise<void>>()
  return defineModule({
    name: 'limits',
    operations: [listBudgets, putBudget, deleteBudget, getKeyLimits],
    jobs: [tellBudget],
    services(runtime) {
      openBudgetMails(runtime)
      const { limits, stop } = createLimits(runtime, settings)
      stops.set(runtime, stop)
      return { limits }
    },
    start: (runtime) => async () => {
      await stops.get(runtime)?.()
    },
  })
}

/** Limits and budgets of keys, projects, agents and people. */
export const limitsModule = createLimitsModule()
