import { Timestamp, type Database } from '@guildhall/kernel'
import { asc, inArray } from 'drizzle-orm'
import { z } from 'zod'
import type { ReachableTenant } from './reach.ts'
import { runFeedback, type runAttempts, type runs, type runSteps } from './schema.ts'

export const outcomes = ['running', 'ok', 'failed', 'cancelled', 'interrupted'] as const

const Cost = {
  costMicros: z.number().nullable().describe('USD micro-units; null = price unknown'),
  costComplete: z.boolean().describe('False when the price of some attempt is unknown: the cost is "at least" this'),
}

const Opinion = z.object({ rating: z.enum(['up', 'down']).nullable(), comment: z.string().nullable() })

export const RunSummary = z.object({
  id: z.uuid(),
  client: z
    .object({ slug: z.string(), name: z.string() })
    .nullable()
    .describe('Whose run it is; null for the agency’s own'),
  kind: z.string(),
  title: z.string(),
  status: z.enum(outcomes),
  agent: z.object({ id: z.uuid(), name: z.string(), version: z.int().nullable() }).nullable(),
  projectId: z.uuid().nullable(),
  chatId: z.uuid().nullable(),
  actor: z.object({ kind: z.string(), id: z.string(), name: z.string() }),
  requestId: z.string(),
  startedAt: Timestamp,
  endedAt: Timestamp.nullable(),
  ms: z.int().nullable().describe('Milliseconds from start to end; null while it runs'),
  tokensIn: z.int(),
  tokensOut: z.int(),
  tokensCached: z.int(),
  ...Cost,
  provider: z.string().nullable().describe('Who answered in the end'),
  model: z.string().nullable(),
  attempts: z.int(),
  fallbackReason: z.string().nullable().describe('Why the preferred model did not answer; null when it did'),
  error: z.string().nullable(),
  feedback: Opinion.nullable().describe('The latest word on its answer'),
})

const Attempt = z.object({
  id: z.uuid(),
  number: z.int().describe('Place within its step, from 1'),
  provider: z.string(),
  model: z.string(),
  outcome: z.enum(['ok', 'failed', 'cancelled', 'interrupted']),
  startedAt: Timestamp,
  ms: z.int(),
  firstTokenMs: z.int().nullable(),
  tokensIn: z.int().nullable(),
  tokensOut: z.int().nullable(),
  tokensCached: z.int().nullable(),
  tokensReasoning: z.int().nullable(),
  tokensEstimated: z.boolean().describe('Counted here because the provider sent no usage'),
  costMicros: Cost.costMicros,
  status: z.int().nullable().describe('HTTP status of the provider'),
  reason: z.string().nullable().describe('Why it failed, or why it was made instead of an earlier target'),
  error: z.string().nullable(),
})

export const Step = z.object({
  id: z.uuid(),
  number: z.int().describe('Place within its run, from 1'),
  kind: z.enum(['model', 'tool', 'retrieval', 'engine', 'approval', 'message']),
  name: z.string(),
  status: z.enum(outcomes),
  startedAt: Timestamp,
  ms: z.int().nullable(),
  inputHash: z.string().nullable().describe('Name of its payload, see runs.payload'),
  outputHash: z.string().nullable(),
  facts: z.record(z.string(), z.unknown()),
  error: z.string().nullable(),
  attempts: z.array(Attempt),
})

export const Feedback = z.object({
  runId: z.uuid(),
  actor: z.string().describe('`type:id` of who gave it'),
  actorName: z.string(),
  rating: z.enum(['up', 'down']).nullable(),
  comment: z.string().nullable(),
  updatedAt: Timestamp,
})

export const RunDetail = RunSummary.extend({
  inputHash: z.string().nullable().describe('Name of its payload, see runs.payload'),
  outputHash: z.string().nullable(),
  allFeedback: z.array(Feedback).describe('Everybody’s word, the latest first'),
})

type FeedbackRow = typeof runFeedback.$inferSelect

/** @param tenants those whose runs are listed, by id */
export function runSummary(
  run: typeof runs.$inferSelect,
  tenants: ReadonlyMap<string, ReachableTenant>,
  feedback: FeedbackRow | undefined,
): z.input<typeof RunSummary> {
  const { agentId, agentName, agentVersion, actorType, actorId, actorName } = run
  const tenant = tenants.get(run.tenantId)
  return {
    ...run,
    client: tenant?.kind === 'client' ? { slug: tenant.slug, name: tenant.name } : null,
    agent: agentId === null ? null : { id: agentId, name: agentName ?? '', version: agentVersion },
    actor: { kind: actorType, id: actorId, name: actorName },
    ms: run.status === 'running' ? null : run.ms,
    feedback: feedback ? { rating: feedback.rating, comment: feedback.comment } : null,
  }
}

export function stepsWithAttempts(
  steps: readonly (typeof runSteps.$inferSelect)[],
  attempts: readonly (typeof runAttempts.$inferSelect)[],
): z.input<typeof Step>[] {
  const byStep = Map.groupBy(attempts, (attempt) => attempt.stepId)
  return steps.map((step) => ({
    ...step,
    number: step.position + 1,
    attempts: (byStep.get(step.id) ?? []).map((attempt) => ({ ...attempt, number: attempt.position + 1 })),
  }))
}

/** The latest feedback of some runs, by run. */
export async function latestFeedback(db: Database, runIds: readonly string[]): Promise<Map<string, FeedbackRow>> {
  if (runIds.length === 0) return new Map()
  const rows = await db
    .select()
    .from(runFeedback)
    .where(inArray(runFeedback.runId, [...runIds]))
    .orderBy(asc(runFeedback.updatedAt))
  return new Map(rows.map((row) => [row.runId, row]))
}
