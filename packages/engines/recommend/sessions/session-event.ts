import { z } from 'zod'

export const Session = z.strictObject({
  items: z.array(z.string().min(1)).min(1).describe('In the order in which they were seen or chosen'),
  time: z.number().min(0).max(8.64e15).optional().describe('When it ended, in milliseconds since 1970-01-01 UTC'),
})
export type Session = z.infer<typeof Session>

export const SessionOptions = z.strictObject({
  neighbours: z
    .int()
    .min(1)
    .max(10_000)
    .default(100)
    .describe('Sessions that are asked: those most like the current one'),
  recent: z
    .int()
    .min(1)
    .max(100_000)
    .default(1000)
    .describe('Latest sessions per item that are looked at; bounds the time of an answer'),
  memory: z.int().min(1).max(1000).default(20).describe('Last items of the current session that count'),
})
export type SessionOptions = z.input<typeof SessionOptions>
