import { usualRules } from './route-rules'
import { ranked } from './target-state'
import type { ProviderRoute, RouteRules, RouteTarget } from './use-routes'

/** A target in the form. */
export interface TargetRow {
  /** Stays with the row when it is moved. */
  key: number
  provider: string
  model: string
  weight: number
  /** Shares the calls of the one above instead of waiting for it to fail. */
  beside: boolean
}

export interface RouteDraft {
  alias: string
  title: string
  projectId: string | null
  targets: TargetRow[]
  rules: RouteRules
}

/** @param route null = a new one */
export function draftOf(route: ProviderRoute | null): RouteDraft {
  const targets = (route?.targets ?? []).toSorted((a, b) => a.rank - b.rank)
  const rules = route?.rules ?? usualRules
  return {
    alias: route?.alias ?? '',
    title: route?.title ?? '',
    projectId: route?.projectId ?? null,
    targets: targets.map(({ provider, model, weight, rank }, index) => ({
      key: index,
      provider,
      model,
      weight,
      beside: index > 0 && targets[index - 1]?.rank === rank,
    })),
    rules: { ...rules, lastResort: { ...rules.lastResort } },
  }
}

export const targetsOf = (draft: RouteDraft): RouteTarget[] =>
  ranked(draft.targets).map(({ provider, model, weight, rank }) => ({ provider, model: model.trim(), weight, rank }))
