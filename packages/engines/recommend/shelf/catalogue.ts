import { z } from 'zod'
import { checkInput, EngineInputError } from '../../contract/index.ts'

const attributeValue = z.union([z.string(), z.number(), z.boolean()])
export type AttributeValue = z.infer<typeof attributeValue>

/** Facts of an item that rules speak of; they change without a new model. */
export const CatalogueItem = z.strictObject({
  item: z.string().min(1),
  available: z.boolean().default(true).describe('false: not shown, for instance out of stock'),
  attributes: z
    .record(z.string().min(1), attributeValue)
    .default({})
    .describe('For instance brand, category, margin class; an item without an attribute is in none of its groups'),
})
export type CatalogueItem = z.input<typeof CatalogueItem>

/** Facts of all items, ready to be asked. Made once and used for many shelves. */
export interface Catalogue {
  row: ReadonlyMap<string, number>
  available: Uint8Array
  /** By attribute: the number of its value per row (-1: none), and the values. */
  attributes: ReadonlyMap<string, { code: Int32Array; values: AttributeValue[] }>
}

const Chunk = z.array(CatalogueItem)

/** @throws EngineInputError for two entries of one item, and for facts that cannot be read */
export function createCatalogue(items: readonly CatalogueItem[]): Catalogue {
  const read = checkInput(Chunk, [...items])
  const row = new Map<string, number>()
  const available = new Uint8Array(read.length)
  const attributes = new Map<
    string,
    { code: Int32Array; values: AttributeValue[]; number: Map<AttributeValue, number> }
  >()
  for (const [at, each] of read.entries()) {
    if (row.has(each.item)) {
      const message = `${JSON.stringify(each.item)} is in row ${String(row.get(each.item))} already`
      throw new EngineInputError('duplicate-key', [{ field: 'item', row: at, message }])
    }
    row.set(each.item, at)
    available[at] = each.available ? 1 : 0
    for (const [name, value] of Object.entries(each.attributes)) {
      let column = attributes.get(name)
      if (!column) {
        column = { code: new Int32Array(read.length).fill(-1), values: [], number: new Map() }
        attributes.set(name, column)
      }
      let code = column.number.get(value)
      if (code === undefined) {
        code = column.values.push(value) - 1
        column.number.set(value, code)
      }
      column.code[at] = code
    }
  }
  return { row, available, attributes }
}

/** The values of an attribute. @throws EngineInputError when no item has it: a rule with a spelling error would do nothing */
export function attributeOf(catalogue: Catalogue | undefined, name: string, field: string, at: number) {
  const column = catalogue?.attributes.get(name)
  if (column) return column
  const has = catalogue ? [...catalogue.attributes.keys()].join(', ') || 'none' : 'no catalogue was given'
  const message = `speaks of the attribute ${JSON.stringify(name)}, which no item has (there are: ${has})`
  throw new EngineInputError('unknown-name', [{ field, row: at, message }])
}
