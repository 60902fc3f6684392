import { z } from 'zod'

export const ENGINE = 'conversation'
/** Raised whenever the same call would give another figure, finding or score. */
export const VERSION = '1.0.1'

/** What each result of this engine carries, so that an answer can cite the computation. */
export const Provenance = z.object({
  engine: z.literal(ENGINE),
  version: z.string().describe('Version of the rules and formulas'),
  warnings: z.array(z.string()).describe('What had to be assumed or could not be computed'),
})

export const Side = z.enum(['rep', 'prospect', 'other']).describe('Side of the call: rep sells, prospect buys')
export type Side = z.infer<typeof Side>

export const Party = z.object({
  id: z.string().min(1).max(200).describe('Identifier of the party within this call'),
  name: z.string().max(400).optional().describe('Name of the party'),
  role: Side.optional(),
})
export type Party = z.infer<typeof Party>

export const Turn = z.object({
  party: z.string().min(1).max(200).describe('Id of the party who speaks'),
  start: z
    .number()
    .nonnegative()
    .nullable()
    .describe('Start in seconds from the beginning of the call; null when unknown'),
  end: z.number().nonnegative().nullable().describe('End in seconds from the beginning of the call; null when unknown'),
  text: z.string().max(1_000_000).describe('What was said'),
})
export type Turn = z.infer<typeof Turn>

/** A call: who took part and what each said, in order. Times are seconds from its beginning. */
export const Conversation = z
  .object({
    durationSeconds: z.number().nonnegative().optional().describe('Length of the call in seconds'),
    parties: z.array(Party).min(1).max(200),
    turns: z.array(Turn).min(1).max(100_000).describe('Turns in the order in which they began'),
  })
  .describe('Transcript of a call')
export type Conversation = z.infer<typeof Conversation>

/** A conversation that cannot be computed with: names the field and the remedy. */
export class ConversationError extends Error {
  readonly code = 'conversation_invalid'
  readonly field: string
  readonly remedy: string

  constructor(field: string, problem: string, remedy: string) {
    super(`${field}: ${problem} ${remedy}`)
    this.name = 'ConversationError'
    this.field = field
    this.remedy = remedy
  }
}

/**
 * Checks unknown input. Needed at the edge only: the functions of this engine check what they rely on by themselves.
 * @throws ConversationError
 */
export function parseConversation(input: unknown): Conversation {
  const read = Conversation.safeParse(input)
  if (read.success) return read.data
  const issue = read.error.issues[0]
  throw new ConversationError(
    issue?.path.map(String).join('.') || 'conversation',
    `${issue?.message ?? 'Invalid'}.`,
    'Send {"parties": [{"id", "role"}], "turns": [{"party", "start", "end", "text"}]}.',
  )
}

/** A passage in a turn: `text` is exactly `turns[turn].text.slice(start, end)`. */
export const Passage = z.object({
  turn: z.number().int().nonnegative().describe('Index of the turn'),
  start: z
    .number()
    .int()
    .nonnegative()
    .describe('Offset of the first character in the text of the turn (UTF-16 code units)'),
  end: z.number().int().nonnegative().describe('Offset after the last character'),
  text: z.string().describe('The words themselves, as they stand in the transcript'),
})
export type Passage = z.infer<typeof Passage>

/** A published figure to compare with; metrics without a citable source have none. */
export const Benchmark = z
  .object({
    low: z.number().nullable().describe('Lower end of the published range, in the unit of the metric'),
    high: z.number().nullable().describe('Upper end of the published range, in the unit of the metric'),
    meaning: z.string().describe('What the source found, and for whom'),
    source: z.string().describe('Citation'),
  })
  .nullable()
export type Benchmark = z.infer<typeof Benchmark>
