import { AUTHORITY } from './authority.ts'
import { COMPETITOR } from './competitor.ts'
import { CONTRACT } from './contract.ts'
import { NEED } from './need.ts'
import { PRICE } from './price.ts'
import { STATUS_QUO } from './status-quo.ts'
import { TIMING } from './timing.ts'
import { TRUST } from './trust.ts'
import type { ObjectionRule } from './rule.ts'

export type { ObjectionRule } from './rule.ts'

export const OBJECTION_RULES: readonly ObjectionRule[] = [
  PRICE,
  TIMING,
  AUTHORITY,
  NEED,
  COMPETITOR,
  TRUST,
  CONTRACT,
  STATUS_QUO,
]
