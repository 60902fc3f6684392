import { z } from 'zod'

/** Something a user did with an item. */
export const Interaction = z.strictObject({
  user: z.string().min(1).describe('Who: a customer, a visitor, an account'),
  item: z.string().min(1).describe('With what: a product, an article, a track'),
  weight: z
    .number()
    .gt(0)
    .max(1e9)
    .optional()
    .describe('How much it says, for instance pieces, minutes or a rating; 1 unless told; repeated rows add up'),
  time: z.number().min(0).max(8.64e15).optional().describe('When, in milliseconds since 1970-01-01 UTC'),
})
export type Interaction = z.infer<typeof Interaction>

export const Interactions = z.array(Interaction).min(1).describe('In any order; the same pair may come many times')
