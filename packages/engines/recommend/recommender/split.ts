import { z } from 'zod'
import { checkInput, createRandom, EngineInputError } from '../../contract/index.ts'
import type { Interaction } from '../interactions/interaction.ts'

export const SplitOptions = z.strictObject({
  by: z
    .enum(['random', 'last', 'time'])
    .default('random')
    .describe('random: a share of all; last: the latest ones of each user; time: all after one moment'),
  share: z.number().gt(0).lt(1).default(0.2).describe('Share of the interactions that is held out'),
  seed: z.int().default(1),
})

/**
 * Divides interactions into those to learn from and those to test on.
 * @throws EngineInputError when a time is missing that the division needs
 */
export function splitInteractions(
  interactions: readonly Interaction[],
  options: z.input<typeof SplitOptions> = {},
): { train: Interaction[]; test: Interaction[] } {
  const { by, share, seed } = checkInput(SplitOptions, options)
  const random = createRandom(seed)
  const held = new Uint8Array(interactions.length)
  if (by === 'random') interactions.forEach((_, row) => (held[row] = random.next() < share ? 1 : 0))
  else {
    const time = Float64Array.from(interactions, (each, row) => each.time ?? missingTime(row))
    const order = [...interactions.keys()].sort((a, b) => time[a]! - time[b]! || a - b)
    const groups = by === 'time' ? [order] : [...Map.groupBy(order, (row) => interactions[row]!.user).values()]
    for (const rows of groups)
      for (const row of rows.slice(rows.length - Math.floor(share * rows.length))) held[row] = 1
  }
  return {
    train: interactions.filter((_, row) => held[row] === 0),
    test: interactions.filter((_, row) => held[row] === 1),
  }
}

function missingTime(row: number): never {
  throw new EngineInputError('wrong-type', [{ field: 'time', row, message: 'is missing, and the split needs it' }])
}
