import { Timestamp } from '@guildhall/kernel'
import { z } from 'zod'
import type { runAttempts, runFeedback, runs, runSteps } from './schema.ts'

export const outcomes = ['running', 'ok', 'failed', 'cancelled', 'interrupted'] as const

const Cost = {
  costMicros: z.number().nullable().describe('USD micro-units; null = price unknown'),
  costComplete: z.boolean().describe('False when the price of some attempt is unknown: the cost is "at least" this'),
}

export const RunSummary = z.object({
  id: z.uuid(),
  tenantId: z.uuid(),
  kind: z.string(),
  title: z.string(),
  status: z.enum(outcomes),
  agent: z.object({ id: z.uuid(), name: z.string(), version: z.int().nullable() }).nullable(),
  projectId: z.uuid().nullable(),
  chatId: z.uuid().nullable(),
  actor: z.object({ type: z.string(), id: z.string(), name: z.string() }),
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
})

export const Attempt = z.object({
  id: z.uuid(),
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
  position: z.int(),
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
  feedback: z.array(Feedback),
})

export function runSummary(run: typeof runs.$inferSelect): z.input<typeof RunSummary> {
  const { agentId, agentName, agentVersion, actorType, actorId, actorName } = run
  return {
    ...run,
    agent: agentId === null ? null : { id: agentId, name: agentName ?? '', version: agentVersion },
    actor: { type: actorType, id: actorId, name: actorName },
    ms: run.status === 'running' ? null : run.ms,
  }
}

export function stepsWithAttempts(
  steps: readonly (typeof runSteps.$inferSelect)[],
  attempts: readonly (typeof runAttempts.$inferSelect)[],
): z.input<typeof Step>[] {
  const byStep = Map.groupBy(attempts, (attempt) => attempt.stepId)
  return steps.map((step) => ({ ...step, attempts: byStep.get(step.id) ?? [] }))
}

export function feedbackOutput(row: typeof runFeedback.$inferSelect): z.input<typeof Feedback> {
  return row
}
