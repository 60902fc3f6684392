import { budgetOf, type SearchOptions } from '../search-budget.ts'
import type { FleetProblem } from './fleet-problem.ts'
import { searchFleet } from './fleet-search.ts'
import { omissionCosts } from './omission-costs.ts'
import { ruinAndRecreate } from './ruin-and-recreate.ts'
import { singleDepotForm } from './single-depot-form.ts'

/** Nodes by vehicle, and what the search says about itself. */
export interface FoundRoutes {
  routes: number[][]
  score: number
  clocked: boolean
}

/** Iterations of the fast search per visit unless told; the gap falls with their logarithm. */
const fastIterationsPerVisit = 5_000
const fleetIterationsPerVisit = 500
const fewestIterations = 5_000
const mostIterations = 5_000_000

/** One search with one seed, by the fastest method that knows all of the problem; it can run in a worker. */
export function searchRoutes(problem: FleetProblem, options: SearchOptions = {}): FoundRoutes {
  const omission = omissionCosts(problem)
  const simple = singleDepotForm(problem, omission)
  const perVisit = simple ? fastIterationsPerVisit : fleetIterationsPerVisit
  const budget = budgetOf(
    options,
    Math.min(mostIterations, Math.max(fewestIterations, perVisit * problem.nodes.length)),
  )
  if (!simple) {
    const { routes, score } = searchFleet(problem, omission, budget)
    return { routes, score, clocked: budget.clocked() }
  }
  const plan = ruinAndRecreate(simple, budget)
  const score = plan.omitted.reduce((sum, c) => sum + (omission[c - 1] ?? 0), plan.cost)
  const routes = problem.vehicles.map((_, v) => (plan.routes[v] ?? []).map((c) => c - 1))
  return { routes, score, clocked: budget.clocked() }
}
