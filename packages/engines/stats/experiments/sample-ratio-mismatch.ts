import { z } from 'zod'
import { checkInput, EngineInputError, provenanceOf, type Provenance } from '../../contract/index.ts'
import { chiSquareAbove } from '../../numerics/index.ts'

export const GroupSizes = z
  .array(
    z.object({ group: z.string().min(1), count: z.int().min(0), share: z.number().positive().describe('Planned') }),
  )
  .min(2)

/**
 * Whether groups have the sizes that were planned (Fabijan et al. 2019). When they do not, the assignment is broken and
 * no other figure of the experiment can be trusted.
 * @param threshold p-value below which it counts as broken
 */
export function sampleRatioMismatch(
  groups: z.infer<typeof GroupSizes>,
  threshold = 0.001,
): { mismatch: boolean; statistic: number; pValue: number; expected: Record<string, number>; provenance: Provenance } {
  const checked = checkInput(GroupSizes, [...groups], 'groups')
  const limit = checkInput(z.number().gt(0).lt(1), threshold, 'threshold')
  const total = checked.reduce((sum, { count }) => sum + count, 0)
  const shares = checked.reduce((sum, { share }) => sum + share, 0)
  if (total === 0)
    throw new EngineInputError('empty', [{ field: 'count', row: null, message: 'nobody was assigned yet' }])
  let statistic = 0
  const expected: Record<string, number> = {}
  for (const { group, count, share } of checked) {
    const planned = (total * share) / shares
    expected[group] = planned
    statistic += (count - planned) ** 2 / planned
  }
  const pValue = chiSquareAbove(statistic, checked.length - 1)
  return {
    mismatch: pValue < limit,
    statistic,
    pValue,
    expected,
    provenance: provenanceOf('stats/sample-ratio-mismatch', '1', 1, [groups, threshold]),
  }
}
