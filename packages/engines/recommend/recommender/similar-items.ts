import { z } from 'zod'
import { checkInput, EngineInputError, provenanceOf, type Provenance } from '../../contract/index.ts'
import { likeEntry } from '../content/content-likeness.ts'
import { createTopList } from '../top-list.ts'
import { itemNumber, recommenderEngine, recommenderVersion, type Recommender } from './model.ts'
import { likenessOf } from './rank-history.ts'

export const SimilarRequest = z.strictObject({
  item: z.string().min(1).describe('An item of the model'),
  count: z.int().min(1).max(1000).default(10).describe('Most items to return'),
  by: z
    .enum(['choices', 'content'])
    .default('choices')
    .describe('choices: chosen by the same users; content: described alike'),
})

/**
 * The items most like one: chosen by the same users, or described alike.
 * @returns likeness above 0 and at most 1, the closest first
 * @throws EngineInputError when the item is not known
 */
export function similarItems(
  model: Recommender,
  request: z.input<typeof SimilarRequest>,
): { items: { item: string; likeness: number }[]; provenance: Provenance } {
  const read = checkInput(SimilarRequest, request)
  const wanted = requireItem(model, read.item)
  const found = read.by === 'content' ? byContent(model, wanted, read.count) : byChoices(model, wanted, read.count)
  const inputs = [model.provenance.inputsHash, read]
  return {
    items: Array.from(found.items, (item, k) => ({ item: model.items[item]!, likeness: found.scores[k]! })),
    provenance: provenanceOf(recommenderEngine, recommenderVersion, model.provenance.seed, inputs),
  }
}

/** @throws EngineInputError */
export function requireItem(model: Recommender, item: string): number {
  const at = itemNumber(model, item)
  if (at !== undefined) return at
  const message = `${JSON.stringify(item)} is not an item of the model`
  throw new EngineInputError('unknown-name', [{ field: 'item', row: null, message }])
}

function byChoices(model: Recommender, wanted: number, count: number) {
  const top = createTopList(Math.min(count, model.items.length))
  for (let item = 0; item < model.items.length; item++) {
    const likeness = item === wanted ? 0 : likenessOf(model, wanted, item)
    if (likeness > 0) top.offer(item, likeness)
  }
  return top.take()
}

function byContent({ content, items }: Recommender, wanted: number, count: number) {
  const entry = content ? content.item.indexOf(wanted) : -1
  if (!content || entry < 0) {
    const message = `${JSON.stringify(items[wanted])} was not described when the model was made`
    throw new EngineInputError('unknown-name', [{ field: 'item', row: null, message }])
  }
  return likeEntry(content, entry, count, (item) => item !== wanted)
}
