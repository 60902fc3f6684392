export { checkRoutes } from './check/check-routes.ts'
export { planRoutes, PlannedRoutes, type RoutingOptions } from './routing/plan-routes.ts'
export { RoutingProblem, RoutingSolution } from './routing/vroom.ts'
