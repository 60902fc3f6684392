import { z } from 'zod'
import { EngineInputError, type Warning } from '../../contract/index.ts'
import { likeContent } from '../content/content-likeness.ts'
import { addStrengths } from '../interactions/strengths.ts'
import { Taste } from '../content/item-content.ts'
import type { History } from '../collaborative/scorer.ts'
import { itemNumber, userNumber, type Recommender } from './model.ts'

/** Whom a shelf is for. */
export const Visitor = z.strictObject({
  user: z.string().min(1).optional().describe('A user of the fitted interactions'),
  history: z
    .array(z.string().min(1))
    .max(100_000)
    .default([])
    .describe('Items chosen since the fit, or by a visitor who is not known'),
  taste: Taste.optional().describe('What a visitor without a history says they like; needs described items'),
})
export type Visitor = z.input<typeof Visitor>

/** Known items that stand for a taste. */
const itemsForTaste = 20

/** What the model knows of a visitor: fitted strengths, what came since, and what stands for new items and tastes. */
export function historyOf(
  model: Recommender,
  visitor: z.output<typeof Visitor>,
): { history: History; seen: Uint32Array; warnings: Warning[] } {
  const warnings: Warning[] = []
  const strength = new Map<number, number>()
  const seen = new Set<number>()
  const add = (item: number, value: number) =>
    strength.set(item, addStrengths(model.strength, strength.get(item) ?? 0, value))
  const user = visitor.user === undefined ? undefined : userNumber(model, visitor.user)
  if (visitor.user !== undefined && user === undefined)
    warnings.push({ code: 'unknown-user', message: 'The user has no interaction that the model was made of.' })
  const { start, column, value } = model.strengths
  if (user !== undefined)
    for (let k = start[user]!; k < start[user + 1]!; k++) {
      add(column[k]!, value[k]!)
      seen.add(column[k]!)
    }
  let unknown = 0
  let changed = false
  for (const name of visitor.history) {
    const item = itemNumber(model, name)
    if (item === undefined) {
      unknown++
      continue
    }
    changed = true
    seen.add(item)
    if (item < model.warm) add(item, model.unit)
    else addCold(model, item, add)
  }
  if (unknown > 0)
    warnings.push({ code: 'unknown-item', message: `${String(unknown)} items of the history are not known.` })
  if (visitor.taste) {
    changed = true
    for (const [item, likeness] of tasteItems(model, visitor.taste)) add(item, likeness * model.unit)
  }
  const item = Uint32Array.from(strength.keys()).sort()
  return {
    history: {
      user: user !== undefined && !changed ? user : -1,
      item,
      value: Float64Array.from(item, (each) => strength.get(each)!),
    },
    seen: Uint32Array.from(seen),
    warnings,
  }
}

/** The known items that stand for a new one. */
function addCold(model: Recommender, item: number, add: (item: number, value: number) => void): void {
  if (!model.cold) return
  const { start, column, value } = model.cold
  const row = item - model.warm
  for (let k = start[row]!; k < start[row + 1]!; k++) add(column[k]!, value[k]! * model.unit)
}

function tasteItems(model: Recommender, taste: Taste): [item: number, likeness: number][] {
  if (!model.content) {
    const message = 'can be used only by a model that was fitted with `content`'
    throw new EngineInputError('unknown-name', [{ field: 'taste', row: null, message }])
  }
  if (taste.vector && taste.vector.length !== model.content.width) {
    const message = `has ${String(taste.vector.length)} numbers, the items have ${String(model.content.width)}`
    throw new EngineInputError('wrong-length', [{ field: 'taste.vector', row: null, message }])
  }
  const { items, scores } = likeContent(model.content, taste, itemsForTaste, (item) => item < model.warm)
  return Array.from(items, (item, k) => [item, scores[k]!])
}
