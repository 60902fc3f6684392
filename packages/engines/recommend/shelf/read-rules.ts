import { EngineInputError } from '../../contract/index.ts'
import type { z } from 'zod'
import type { Candidates } from '../collaborative/scorer.ts'
import type { Recommender } from '../recommender/model.ts'
import { attributeOf, type AttributeValue, type Catalogue } from './catalogue.ts'
import type { ShelfRules } from './shelf-rules.ts'

type Rules = z.output<typeof ShelfRules>

const rowsByCatalogue = new WeakMap<Catalogue, WeakMap<Recommender, Int32Array>>()

/** Row of the catalogue of each item of the model, -1 where it is not in it. Looked up once per model and catalogue. */
export function catalogueRows(model: Recommender, catalogue: Catalogue): Int32Array {
  let byModel = rowsByCatalogue.get(catalogue)
  if (!byModel) rowsByCatalogue.set(catalogue, (byModel = new WeakMap()))
  let rows = byModel.get(model)
  if (!rows) byModel.set(model, (rows = Int32Array.from(model.items, (item) => catalogue.row.get(item) ?? -1)))
  return rows
}

/** Which items of the model may be on the shelf, and what their scores are multiplied by. */
export function candidatesOf(
  model: Recommender,
  catalogue: Catalogue | undefined,
  rules: Rules,
  number: (item: string) => number | undefined,
): Candidates {
  const allowed = new Uint8Array(model.items.length).fill(1)
  for (const item of rules.exclude) {
    const at = number(item)
    if (at !== undefined) allowed[at] = 0
  }
  const rows = catalogue ? catalogueRows(model, catalogue) : null
  if (catalogue && rows)
    for (let item = 0; item < allowed.length; item++)
      if (rows[item]! >= 0 && catalogue.available[rows[item]!] === 0) allowed[item] = 0
  const keep = (list: Rules['only'], field: string, wanted: boolean) => {
    for (const [at, { attribute, values }] of list.entries()) {
      const column = attributeOf(catalogue, attribute, field, at)
      const named = new Uint8Array(column.values.length)
      for (const value of values) {
        const code = column.values.indexOf(value)
        if (code >= 0) named[code] = 1
      }
      for (let item = 0; item < allowed.length; item++) {
        const code = rows && rows[item]! >= 0 ? column.code[rows[item]!]! : -1
        if ((code >= 0 && named[code] === 1) !== wanted) allowed[item] = 0
      }
    }
  }
  keep(rules.only, 'only', true)
  keep(rules.never, 'never', false)
  return { allowed, ...boostOf(allowed.length, rows, catalogue, rules) }
}

function boostOf(
  items: number,
  rows: Int32Array | null,
  catalogue: Catalogue | undefined,
  rules: Rules,
): Pick<Candidates, 'boost' | 'mostBoost'> {
  if (rules.boost.length === 0) return { boost: null, mostBoost: 1 }
  const boost = new Float64Array(items).fill(1)
  for (const [at, { attribute, value, factor }] of rules.boost.entries()) {
    const column = attributeOf(catalogue, attribute, 'boost', at)
    const code = codeOf(column.values, value, 'boost', at)
    for (let item = 0; item < items; item++)
      if (rows && rows[item]! >= 0 && column.code[rows[item]!] === code) boost[item] = boost[item]! * factor
  }
  return { boost, mostBoost: boost.reduce((a, b) => Math.max(a, b), 1) }
}

/** The groups that limits and demands speak of. */
export function groupsOf(model: Recommender, catalogue: Catalogue | undefined, rules: Rules) {
  const limits = rules.atMost.map(({ attribute, most }, at) => ({
    most,
    column: attributeOf(catalogue, attribute, 'atMost', at),
  }))
  const demands = rules.atLeast.map(({ attribute, value }, at) => {
    const column = attributeOf(catalogue, attribute, 'atLeast', at)
    return { column, code: codeOf(column.values, value, 'atLeast', at) }
  })
  const offsets: number[] = []
  const most: number[] = []
  for (const limit of limits) {
    offsets.push(most.length)
    for (let code = 0; code < limit.column.values.length; code++) most.push(limit.most)
  }
  const rows = catalogue ? catalogueRows(model, catalogue) : null
  const codeAt = (code: Int32Array, item: number) => (rows && rows[item]! >= 0 ? code[rows[item]!]! : -1)
  return {
    most,
    least: rules.atLeast.map((each) => each.least),
    groups: (item: number) =>
      limits.flatMap(({ column }, at) => {
        const code = codeAt(column.code, item)
        return code < 0 ? [] : [offsets[at]! + code]
      }),
    demands: (item: number) =>
      demands.flatMap(({ column, code }, at) => (codeAt(column.code, item) === code ? [at] : [])),
  }
}

function codeOf(values: readonly AttributeValue[], value: AttributeValue, field: string, at: number): number {
  const code = values.indexOf(value)
  if (code >= 0) return code
  const message = `speaks of the value ${JSON.stringify(value)}, which no item has`
  throw new EngineInputError('unknown-name', [{ field, row: at, message }])
}
