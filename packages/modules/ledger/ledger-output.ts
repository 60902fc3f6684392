import { Timestamp } from '@guildhall/kernel'
import { z } from 'zod'
import { callKinds } from './schema.ts'

export const Month = z
  .string()
  .regex(/^20\d\d-(0[1-9]|1[0-2])$/, 'must be a month as YYYY-MM')
  .describe('Month (UTC), YYYY-MM')

export const ClientSlug = z.string().max(63).describe('Slug of a client; the agency’s own slug = what is its own')

export const Money = z.number().describe('USD micro-units (1 USD = 1,000,000)')

export const UsageTotals = z.object({
  calls: z.int(),
  failed: z.int().describe('Calls that failed or were cut off'),
  free: z.int().describe('Calls that no provider answered: from the cache, or quoted'),
  tokensIn: z.int(),
  tokensOut: z.int(),
  tokensCached: z.int().describe('Part of tokensIn that the provider read from its cache'),
  costMicros: Money,
  unpriced: z.int().describe('Calls without a known price: above 0 the cost is “at least” this'),
  estimated: z.int().describe('Calls whose tokens were counted here, because the provider did not say'),
})

export const Entry = z.object({
  id: z.uuid(),
  entry: z.enum(['usage', 'correction', 'reversal']),
  refersTo: z.uuid().nullable().describe('The entry that this one corrects or takes back'),
  month: z.string().describe('Month in which it counts'),
  occurredAt: Timestamp,
  recordedAt: Timestamp,
  runId: z.uuid().nullable(),
  kind: z.enum(callKinds),
  outcome: z.enum(['ok', 'failed', 'cancelled', 'interrupted']),
  source: z.enum(['fresh', 'cached', 'extractive']),
  provider: z.string(),
  model: z.string(),
  route: z.string().nullable(),
  actorType: z.string(),
  actorId: z.string(),
  actorName: z.string(),
  projectId: z.uuid().nullable(),
  agentId: z.uuid().nullable(),
  tokensIn: z.int(),
  tokensOut: z.int(),
  tokensCached: z.int(),
  tokensCacheWrite: z.int(),
  tokensReasoning: z.int(),
  estimated: z.boolean(),
  costMicros: Money.nullable().describe(
    'USD micro-units; null = price unknown; negative only where something is taken back',
  ),
  priceVersion: z.string().nullable(),
  note: z.string().nullable(),
  bookedBy: z.string().nullable().describe('Who booked a correction or reversal, `type:id`'),
  bookedByName: z.string().nullable(),
})

export const Prices = z
  .object({
    input: z.number().min(0).max(1_000_000).describe('USD per million input tokens'),
    output: z.number().min(0).max(1_000_000).describe('USD per million output tokens'),
    cacheRead: z.number().min(0).max(1_000_000).describe('USD per million tokens read from the provider’s cache'),
    cacheWrite: z.number().min(0).max(1_000_000).describe('USD per million tokens written to the provider’s cache'),
    perImage: z.number().min(0).max(1_000_000).describe('USD per image'),
    perAudioSecond: z.number().min(0).max(1_000_000).describe('USD per second of a recording'),
    perMillionCharacters: z.number().min(0).max(1_000_000).describe('USD per million characters that are spoken'),
    perSearch: z.number().min(0).max(1_000_000).describe('USD per web search'),
    perCall: z.number().min(0).max(1_000_000).describe('USD per call, beside all else'),
  })
  .partial()

export const Override = z.object({
  id: z.uuid(),
  client: z.object({ slug: z.string(), name: z.string() }).nullable().describe('Null = the agency and all its clients'),
  provider: z.string(),
  model: z.string(),
  prices: Prices,
  validFrom: Timestamp,
  validTo: Timestamp.nullable(),
  note: z.string().nullable(),
  createdAt: Timestamp,
  createdBy: z.string(),
})

export const MonthState = z.object({
  client: z.object({ slug: z.string(), name: z.string() }).nullable().describe('Null = the agency’s own'),
  closedAt: Timestamp,
  closedBy: z.string(),
  closedByName: z.string(),
  entries: z.int(),
  tokensIn: z.int(),
  tokensOut: z.int(),
  costMicros: Money,
  unpriced: z.int(),
  digest: z.string(),
})

export function clientOf(tenant: { kind: string; slug: string; name: string } | undefined) {
  return tenant?.kind === 'client' ? { slug: tenant.slug, name: tenant.name } : null
}
