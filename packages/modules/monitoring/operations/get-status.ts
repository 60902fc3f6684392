import { operation } from '@guildhall/kernel'
import { z } from 'zod'
import { HealthState, overall } from './get-health.ts'

const titles: Record<string, string> = {
  database: 'Data and sign-in',
  mail: 'E-mail',
  files: 'Files',
  providers: 'AI answers',
  knowledge: 'Knowledge search',
  jobs: 'Background work',
}

export const getStatus = operation({
  name: 'status.get',
  summary: 'Public status page: what works, in plain words',
  route: 'GET /status',
  permission: 'public',
  tenant: 'none',
  external: true,
  tool: false,
  input: z.object({}),
  output: z.object({
    state: z.enum(['ok', 'degraded', 'down']),
    checkedAt: z.string(),
    components: z.array(z.object({ name: z.string(), title: z.string(), state: HealthState })),
  }),
  async run(_input, ctx) {
    const reports = await ctx.services.health.report(ctx)
    // Details, hosts and errors stay inside: the public sees areas, and the worst state of each.
    const areas = new Map<string, ('ok' | 'degraded' | 'down' | 'off')[]>()
    for (const report of reports) {
      const area = report.name.split(':')[0] ?? report.name
      areas.set(area === 'provider' ? 'providers' : area, [
        ...(areas.get(area === 'provider' ? 'providers' : area) ?? []),
        report.state,
      ])
    }
    const components = [...areas].map(([name, states]) => ({
      name,
      title: titles[name] ?? name,
      state: states.every((state) => state === 'off') ? ('off' as const) : overall(states),
    }))
    return {
      state: overall(
        components.map((component) =>
          component.name === 'database' || component.state !== 'down' ? component.state : 'degraded',
        ),
      ),
      checkedAt: ctx.now().toISOString(),
      components,
    }
  },
})
