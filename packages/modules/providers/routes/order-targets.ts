import { hash } from 'node:crypto'
import type { RouteTarget } from '../schema.ts'

/**
 * In which order the targets of a route are asked: by rank; inside a rank drawn by weight, without replacement. The draw
 * of a target depends on the seed and on its own name alone, so that a run can be explained later, and changing one target
 * does not redraw the others. Efraimidis and Spirakis, "Weighted random sampling with a reservoir", 2006 (keys u^(1/w),
 * here by their logarithm).
 */
export function orderTargets(targets: readonly RouteTarget[], seed: string): RouteTarget[] {
  if (targets.length < 2) return [...targets]
  return targets
    .map((target, position) => ({ target, position, key: keyOf(target, seed) }))
    .toSorted((a, b) => a.target.rank - b.target.rank || a.key - b.key || a.position - b.position)
    .map(({ target }) => target)
}

/** The smaller, the earlier; a target without weight comes after all that have one. */
function keyOf({ provider, model, weight }: RouteTarget, seed: string): number {
  if (weight <= 0) return Number.POSITIVE_INFINITY
  const digest = hash('sha256', `${seed}\n${provider}/${model}`, 'buffer')
  // 48 bits, in (0, 1).
  const uniform = (digest.readUIntBE(0, 6) + 0.5) / 2 ** 48
  return -Math.log(uniform) / weight
}
