import { z } from 'zod'

const attribute = z.string().min(1).describe('Name of an attribute of the catalogue')
const value = z.union([z.string(), z.number(), z.boolean()])

/** What a merchandiser wants of a shelf, whoever looks at it. */
export const ShelfRules = z.strictObject({
  exclude: z.array(z.string()).default([]).describe('Items that are not shown'),
  only: z
    .array(z.strictObject({ attribute, values: z.array(value).min(1) }))
    .default([])
    .describe('Only items with one of the values are shown; all entries hold'),
  never: z
    .array(z.strictObject({ attribute, values: z.array(value).min(1) }))
    .default([])
    .describe('Items with one of the values are not shown'),
  pin: z
    .array(z.strictObject({ item: z.string().min(1), place: z.int().min(1).describe('From 1') }))
    .default([])
    .describe('Items with a place of their own, whatever the other rules say but for `exclude` and availability'),
  atMost: z
    .array(z.strictObject({ attribute, most: z.int().min(1) }))
    .default([])
    .describe('Most items with the same value, for instance of one brand'),
  atLeast: z
    .array(z.strictObject({ attribute, value, least: z.int().min(1) }))
    .default([])
    .describe('Fewest items with a value, for instance of the own label'),
  boost: z
    .array(z.strictObject({ attribute, value, factor: z.number().gt(0).max(1000) }))
    .default([])
    .describe('Scores of items with the value are multiplied; factors of one item multiply'),
  diversity: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe('0: the best items; towards 1: items unlike those before them (maximal marginal relevance)'),
})
export type ShelfRules = z.input<typeof ShelfRules>
