import { z } from 'zod'

export const Folding = z
  .strictObject({
    folds: z.int().min(2).max(50).default(5).describe('Parts that are tested in turn'),
    group: z.string().optional().describe('Column: rows of one group are tested together'),
    time: z.string().optional().describe('Numeric column: rows are tested on models of earlier rows only'),
  })
  .describe('How rows are divided into folds; at random and by class unless a group or time is named')
export type Folding = z.infer<typeof Folding>
