import type { Target } from '../connection.ts'
import type { ChainTarget } from '../schema.ts'

/** Who is asked for one request, in order. */
export interface Chain {
  /** As the caller named it: `default`, `provider/model`, a model. */
  requested: string
  targets: readonly Target[]
  /** Targets that the tenant's chain names and that have no key. */
  missing: readonly ChainTarget[]
  /** Whether the built-in answerer may answer when nobody else does. */
  extractive: boolean
}
