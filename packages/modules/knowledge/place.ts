import { z } from 'zod'

/** Where a passage stands in its source. */
export const PlaceOutput = z.object({
  page: z.int().optional(),
  sheet: z.string().optional(),
  slide: z.int().optional(),
  startSeconds: z.number().optional().describe('Seconds into a recording'),
  endSeconds: z.number().optional(),
})

export const MarkOutput = PlaceOutput.extend({
  offset: z.int().describe('From this character on, until the next mark'),
  speaker: z.string().optional(),
})
