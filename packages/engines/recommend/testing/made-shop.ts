import { createRandom } from '../../contract/index.ts'
import type { Interaction } from '../index.ts'

/** Users of group g choose among the items of group g; a few of their choices are anything. */
export function madeShop(seed = 1, users = 120, groups = 4, itemsPerGroup = 15, choices = 9): Interaction[] {
  const random = createRandom(seed)
  return Array.from({ length: users }, (_, u) => {
    const group = u % groups
    return Array.from({ length: choices }, (_choice, k): Interaction => {
      const own = random.next() < 0.9 ? group : random.integer(groups)
      const item = Math.floor(itemsPerGroup * random.next() ** 1.5)
      return { user: `u${String(u)}`, item: `g${String(own)}-${String(item)}`, time: (u + 1) * 1e6 + k * 1e3 }
    })
  }).flat()
}

/** The group that an item was made in. */
export const groupOf = (item: string) => item.split('-')[0]
