import { z } from 'zod'

/** One answer of a learner. */
export const Attempt = z.object({
  learner: z.string().min(1).describe('Who answered'),
  item: z.string().min(1).describe('The question'),
  skills: z.array(z.string().min(1)).min(1).describe('Skills the question needs, the main one first'),
  correct: z.union([z.literal(0), z.literal(1)]).describe('1 when the answer was right'),
})
export type Attempt = z.infer<typeof Attempt>

export const Attempts = z
  .array(Attempt)
  .min(1)
  .describe('Answers in the order they were given; the answers of different learners may be interleaved')

export const ItemQuestion = Attempt.pick({ item: true, skills: true })
export type ItemQuestion = z.infer<typeof ItemQuestion>
