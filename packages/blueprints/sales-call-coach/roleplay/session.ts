import { Passage } from '@guildhall/engines/conversation'
import { z } from 'zod'

export const Difficulty = z.enum(['easy', 'medium', 'hard'])
export type Difficulty = z.output<typeof Difficulty>

export const Persona = z.object({
  name: z.string().min(1).max(120),
  role: z.string().min(1).max(200).describe('Job and company, "owner of a salon with four chairs"'),
  mood: z.string().max(200).describe('How they behave: "friendly but short of time"'),
})
export type Persona = z.output<typeof Persona>

/** Something a real prospect has said against buying. */
export const StoredObjection = z.object({ kind: z.string(), text: z.string(), callId: z.string().nullable() })
export type StoredObjection = z.output<typeof StoredObjection>

export const RoleplayTurn = z.object({
  speaker: z.enum(['rep', 'prospect']),
  text: z.string(),
  source: z.enum(['model', 'cached', 'calls', 'rep']),
})
export type RoleplayTurn = z.output<typeof RoleplayTurn>

export const RoleplayResult = z.object({
  total: z.number().nullable(),
  criteria: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      level: z.number().nullable(),
      meaning: z.string(),
      reason: z.string(),
      evidence: z.array(Passage.extend({ shows: z.string() })),
    }),
  ),
  summary: z.array(z.string()),
})
export type RoleplayResult = z.output<typeof RoleplayResult>

export const Session = z.object({
  title: z.string(),
  rep: z.string().optional(),
  status: z.enum(['running', 'ended']),
  difficulty: Difficulty,
  startedAt: z.string(),
  score: z.number().nullable().optional(),
  persona: Persona,
  objections: z.array(StoredObjection),
  turns: z.array(RoleplayTurn),
  result: RoleplayResult.optional(),
})
export type Session = z.output<typeof Session>
