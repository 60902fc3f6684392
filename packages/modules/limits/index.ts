import { defineModule } from '@guildhall/kernel'

export type * from './limits.ts'
export * as limitsSchema from './schema.ts'

const unlimited = Object.freeze({ downgradeTo: null, headers: Object.freeze({}), settle: () => undefined })

/** Limits and budgets of keys, projects, agents and people. */
export const limitsModule = defineModule({
  name: 'limits',
  services: () => ({ limits: { admit: () => unlimited, mayName: () => true } }),
})
