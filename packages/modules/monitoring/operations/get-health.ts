import { operation } from '@guildhall/kernel'
import { z } from 'zod'

export const HealthState = z.enum(['ok', 'degraded', 'down', 'off'])

const Dependency = z.object({
  name: z.string(),
  state: HealthState,
  detail: z.string(),
  latencyMs: z.number().nullable(),
  lastError: z.object({ message: z.string(), at: z.string() }).nullable(),
})

/** The worst state that matters: what is merely off does not make the whole sick. */
export function overall(states: readonly z.output<typeof HealthState>[]): 'ok' | 'degraded' | 'down' {
  if (states.includes('down')) return 'down'
  return states.includes('degraded') ? 'degraded' : 'ok'
}

export const getHealth = operation({
  name: 'health.get',
  summary: 'State of every dependency and the fallback in force',
  description:
    'Anybody learns the overall state; who is signed in also sees each dependency with latency, last error and what happens instead.',
  route: 'GET /health',
  permission: 'public',
  tenant: 'none',
  external: true,
  tool: false,
  input: z.object({}),
  output: z.object({
    state: z.enum(['ok', 'degraded', 'down']),
    version: z.string(),
    uptimeSeconds: z.int(),
    dependencies: z.array(Dependency).describe('Empty for anonymous callers'),
    residentBytes: z.int().nullable(),
  }),
  async run(_input, ctx) {
    const reports = await ctx.services.health.report(ctx)
    const { uptimeSeconds, residentBytes, version } = ctx.services.health.process()
    const known = ctx.actor.type !== 'anonymous'
    // A missing model provider degrades one feature; only the database takes the whole down.
    const essential = reports.map((report) =>
      report.name === 'database' || report.state !== 'down' ? report.state : 'degraded',
    )
    return {
      state: overall(essential),
      version,
      uptimeSeconds,
      dependencies: known ? reports.map((report) => ({ ...report, lastError: report.lastError ?? null })) : [],
      residentBytes: known ? residentBytes : null,
    }
  },
})
