import { Id, invalidInput, Timestamp, type Context, type FieldProblem } from '@guildhall/kernel'
import { z } from 'zod'
import { isProviderKind } from '../kinds.ts'
import type { StoredRoute } from '../load-providers.ts'
import { ModelName, ProviderSlug } from '../provider-output.ts'
import type { RouteRules, RouteTarget } from '../schema.ts'

export const Alias = z
  .string()
  .regex(/^[a-z0-9-]{1,60}$/, 'must be lower-case letters, digits and hyphens, at most 60')
  .refine((alias) => alias !== 'default', '`default` is the name of the chain; choose another one')
  .describe('What requests name as their model: `fast`, `best`, `coach`')

export const RouteTargets = z
  .array(
    z.object({
      provider: ProviderSlug,
      model: ModelName,
      rank: z.int().min(1).max(20).default(1).describe('Targets of a lower rank are asked first'),
      weight: z
        .number()
        .min(0)
        .max(1000)
        .default(1)
        .describe('Share of the calls among the targets of one rank; 0 = only when the others fail'),
    }),
  )
  .min(1)
  .max(20)
  .describe('Who is asked')

const ms = (least: number, most: number, what: string) =>
  z.int().min(least).max(most).nullable().describe(`Milliseconds ${what}; null = as the installation is set`)

const Rules = z
  .object({
    afterFirstToken: z
      .enum(['stop', 'restart'])
      .describe(
        'When an answer breaks off after its first token: `stop` ends it with an error; `restart` begins again with the next target, for callers who send `x-guildhall-restart: allow`',
      ),
    attempts: z.int().min(1).max(10).describe('Attempts at one target'),
    connectMs: ms(50, 60_000, 'to the connection'),
    firstTokenMs: ms(50, 600_000, 'to the first token; an answer that is not streamed has twice as long'),
    idleMs: ms(50, 600_000, 'between two parts of a stream'),
    totalMs: ms(100, 1_800_000, 'for all attempts and pauses until somebody answers'),
    hedge: z
      .boolean()
      .describe(
        'Asks the next target too when the first is slower than 95 % of the last calls; the faster one answers',
      ),
    cacheSeconds: z
      .int()
      .min(1)
      .max(31_536_000)
      .nullable()
      .describe('How long an exact answer is given again; null = never'),
    similarity: z
      .number()
      .min(0.5)
      .max(1)
      .nullable()
      .describe('Least similarity (cosine) at which the answer to a like question is given; null = never'),
    lastResort: z
      .object({
        cached: z.boolean().describe('The tenant’s own earlier answer to the same request'),
        extractive: z.boolean().describe('Quotations from the conversation and its passages'),
      })
      .describe('What is given, marked, when nobody answers'),
    payloads: z.boolean().describe('Whether prompts and answers are kept in the journal'),
  })
  .describe('How the targets are asked')

export const RuleChanges = Rules.partial().describe('Rules that differ; what is left out stays as usual, or as it was')

export const usualRules: RouteRules = {
  afterFirstToken: 'stop',
  attempts: 3,
  connectMs: null,
  firstTokenMs: null,
  idleMs: null,
  totalMs: null,
  hedge: false,
  cacheSeconds: null,
  similarity: null,
  lastResort: { cached: true, extractive: false },
  payloads: true,
}

/** Changes some rules; one that is left out stays. */
export function changeRules(before: RouteRules, changes: z.output<typeof RuleChanges>): RouteRules {
  // Through the schema, which leaves out what is undefined.
  return Rules.parse({
    ...before,
    ...Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)),
  })
}

export const Title = z.string().trim().max(120).describe('For people')

export const Route = z.object({
  id: Id,
  alias: z.string(),
  title: z.string(),
  projectId: z.uuid().nullable().describe('Null = of the whole tenant'),
  targets: z.array(z.object({ provider: z.string(), model: z.string(), rank: z.int(), weight: z.number() })),
  rules: Rules,
  version: z.int().describe('Counts the changes'),
  inherited: z.boolean().describe('True when it is the agency’s, who alone can change it'),
  createdAt: Timestamp,
  updatedAt: Timestamp,
  updatedBy: z.string(),
})

export function describeRoute(route: StoredRoute): z.input<typeof Route> {
  const { tenantId: _tenant, source, ...shown } = route
  return { ...shown, inherited: source === 'agency' }
}

/** @throws Problem 400 for targets that can never be asked, or are named twice */
export async function checkTargets(ctx: Context, targets: readonly RouteTarget[]): Promise<void> {
  const known = new Set(await ctx.services.providerAdministration.slugs(ctx))
  const seen = new Set<string>()
  const errors: FieldProblem[] = []
  for (const [index, { provider, model }] of targets.entries()) {
    if (!known.has(provider) && !isProviderKind(provider))
      errors.push({
        field: `targets.${index}.provider`,
        message: `is not known here; known are ${[...known].join(', ') || 'none yet'}`,
      })
    const name = `${provider}/${model}`
    if (seen.has(name))
      errors.push({ field: `targets.${index}`, message: 'is named twice; give it one rank and weight' })
    seen.add(name)
  }
  if (errors.length > 0) throw invalidInput(errors)
}
