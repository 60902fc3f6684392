import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { createRandom } from '../contract/index.ts'
import { createTopList } from './top-list.ts'

it('a list of the best keeps what sorting would, lower numbers first among equals', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -5, max: 5 })), fc.integer({ min: 0, max: 12 }), (scores, most) => {
      const top = createTopList(most)
      const order = createRandom(scores.length).shuffle([...scores.keys()])
      for (const item of order) top.offer(item, scores[item]!)
      const expected = [...scores.keys()].sort((a, b) => scores[b]! - scores[a]! || a - b).slice(0, most)
      expect([...top.take().items]).toEqual(expected)
    }),
  )
})
