import { readFileSync } from 'node:fs'
import { createRandom } from '../../packages/engines/contract/index.ts'
import {
  fitRecommender,
  fitRules,
  recommendItems,
  type Interaction,
  type RecommenderOptions,
} from '../../packages/engines/recommend/index.ts'
import type { Score } from './score.ts'

const engine = 'recommend'

const groceries: Score = {
  engine,
  dataset: 'groceries',
  metric: 'rules at support .006, confidence .25, two items or more',
  published: '463',
  source: 'Lantz, Machine Learning with R, 2013, ch. 8 (arules)',
  needs: ['baskets/groceries.csv'],
  run(data) {
    // Names are taken as they are: one of them ends with a space.
    const lines = readFileSync(data('baskets/groceries.csv'), 'utf8').split(/\r?\n/)
    const baskets = lines.filter((line) => line !== '').map((line) => line.split(','))
    const { rules } = fitRules(baskets, { support: 0.006, confidence: 0.25, minLength: 2 })
    return Promise.resolve({ value: String(rules.length), ok: rules.length === 463 })
  },
}

/** A shop: tastes are groups of items, within a group few items are hits, and a third of all choices has no reason. */
function shop(users: number, items: number, count: number): Interaction[] {
  const random = createRandom(42)
  const groups = 500
  const perGroup = items / groups
  const skewed = (below: number) => Math.floor(below * random.next() ** 2.5)
  const userNames = Array.from({ length: users }, (_, u) => `user ${String(u)}`)
  const itemNames = Array.from({ length: items }, (_, i) => `item ${String(i)}`)
  const tastes = userNames.map(() => [random.integer(groups), random.integer(groups), random.integer(groups)])
  const rows: Interaction[] = []
  const choose = (user: number, item: number) => rows.push({ user: userNames[user] ?? '', item: itemNames[item] ?? '' })
  for (let item = 0; item < items; item++) choose(skewed(users), item)
  while (rows.length < count) {
    const user = skewed(users)
    const group = tastes[user]?.[random.integer(3)] ?? 0
    choose(user, random.next() < 0.33 ? skewed(items) : group * perGroup + skewed(perGroup))
  }
  return rows
}

function large(method: RecommenderOptions['method']): Score {
  return {
    engine,
    dataset: 'made shop: 1,000,000 interactions, 100,000 items, 60,000 users',
    metric: `${method ?? 'auto'}: fit; a shelf of 20 (99th percentile of 6,000 shelves)`,
    published: '< 120 s, < 1000 MB; < 5 ms',
    source: 'required',
    needs: [],
    run(_data, progress) {
      const rows = shop(60_000, 100_000, 1_000_000)
      const started = performance.now()
      const model = fitRecommender(rows, {
        method,
        onProgress: (share, what) => progress(`${what} ${share.toFixed(2)}`),
      })
      const seconds = (performance.now() - started) / 1000
      const shelf = (user: number) => {
        const from = performance.now()
        recommendItems(model, { user: `user ${String(user)}`, count: 20 })
        return performance.now() - from
      }
      // The first shelf makes the indexes by name.
      shelf(0)
      const millis = Array.from({ length: 6000 }, (_, k) => shelf((k * 31) % 60_000)).sort((a, b) => a - b)
      const slow = millis[Math.floor(0.99 * millis.length)] ?? 0
      const megabytes = process.resourceUsage().maxRSS / 1000
      const middle = millis[millis.length >> 1] ?? 0
      return Promise.resolve({
        value: `${seconds.toFixed(1)} s, ${megabytes.toFixed(0)} MB; ${slow.toFixed(2)} ms (median ${middle.toFixed(2)})`,
        ok: seconds < 120 && megabytes < 1000 && slow < 5,
      })
    },
  }
}

export const scores: Score[] = [groceries, large('item-knn'), large('als'), large('bpr')]
