import { z } from 'zod'
import { EngineInputError } from '../../contract/index.ts'

const number = z.number().min(-1e12).max(1e12)

/** What an item is, whoever chose it. */
export const ItemContent = z.strictObject({
  item: z.string().min(1).describe('The item, new ones as well'),
  terms: z
    .array(z.string().min(1))
    .max(10_000)
    .optional()
    .describe('Tags or words; rare ones tell more, repeated ones a little more'),
  vector: z.array(number).min(1).max(4096).optional().describe('An embedding; all items must have the same length'),
})
export type ItemContent = z.infer<typeof ItemContent>

/** What someone who has no history says they like. */
export const Taste = ItemContent.pick({ terms: true, vector: true })
export type Taste = z.infer<typeof Taste>

/** @throws EngineInputError for two entries of one item and vectors of different lengths */
export function checkContent(content: readonly ItemContent[]): void {
  const seen = new Map<string, number>()
  const length = content.find((each) => each.vector)?.vector?.length
  for (const [row, { item, vector }] of content.entries()) {
    const earlier = seen.get(item)
    if (earlier !== undefined) {
      const message = `${JSON.stringify(item)} was described in row ${String(earlier)} already`
      throw new EngineInputError('duplicate-key', [{ field: 'item', row, message }])
    }
    seen.set(item, row)
    if (vector && vector.length !== length) {
      const message = `has ${String(vector.length)} numbers, others have ${String(length)}`
      throw new EngineInputError('wrong-length', [{ field: 'vector', row, message }])
    }
  }
}
