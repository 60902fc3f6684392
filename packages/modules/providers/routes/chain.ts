import type { Target } from '../connection.ts'
import type { ChainTarget, RouteRules } from '../schema.ts'

/** The route that a request has named, as its calls need it. */
interface ChosenRoute {
  id: string
  alias: string
  /** Counts the changes of its targets, rules and title. */
  version: number
  rules: RouteRules
}

/** Who is asked for one request, in order. */
export interface Chain {
  /** As the caller named it: `default`, a route, `provider/model`, a model. */
  requested: string
  /** Null = a model by name, or `default`. */
  route: ChosenRoute | null
  targets: readonly Target[]
  /** Targets that the tenant's chain names and that have no key. */
  missing: readonly ChainTarget[]
  /** Whether the built-in answerer may answer when nobody else does. */
  extractive: boolean
}
