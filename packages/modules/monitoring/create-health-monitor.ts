import type { HealthReport, Runtime } from '@guildhall/kernel'
import type { HealthMonitor } from './health-monitor.ts'
import { jobsHealth } from './jobs-health.ts'

const patienceMs = 3000

export function createHealthMonitor(runtime: Runtime, version: string): HealthMonitor {
  return {
    async report(ctx) {
      const parts = runtime.catalogue.modules.map(async (module): Promise<readonly HealthReport[]> => {
        if (!module.health) return []
        return withinPatience(module.name, module.health(runtime, ctx))
      })
      const [base, ...rest] = await Promise.all([
        database(runtime),
        withinPatience(
          'jobs',
          jobsHealth(runtime).then((report) => [report]),
        ),
        ...parts,
      ])
      return [base, ...rest.flat()]
    },
    process: () => ({ uptimeSeconds: Math.round(process.uptime()), residentBytes: process.memoryUsage.rss(), version }),
  }
}

async function database(runtime: Runtime): Promise<HealthReport> {
  try {
    const latencyMs = await Promise.race([
      runtime.database.ping(),
      new Promise<never>((_resolve, reject) =>
        setTimeout(() => reject(new Error(`no answer in ${String(patienceMs)} ms`)), patienceMs).unref(),
      ),
    ])
    return {
      name: 'database',
      state: 'ok',
      detail: runtime.config.DATABASE_URL ? 'External PostgreSQL answers.' : 'Embedded PostgreSQL answers.',
      latencyMs,
    }
  } catch (error) {
    return {
      name: 'database',
      state: 'down',
      detail: 'PostgreSQL does not answer; nothing can be read or written until it does.',
      latencyMs: null,
      lastError: { message: error instanceof Error ? error.message : String(error), at: new Date().toISOString() },
    }
  }
}

/** A module that hangs or throws is itself a finding, not the end of the report. */
async function withinPatience(name: string, work: Promise<readonly HealthReport[]>): Promise<readonly HealthReport[]> {
  const late = new Promise<readonly HealthReport[]>((resolve) =>
    setTimeout(
      () =>
        resolve([
          {
            name,
            state: 'degraded',
            detail: `${name} did not say how it is within ${String(patienceMs / 1000)} s.`,
            latencyMs: null,
          },
        ]),
      patienceMs,
    ).unref(),
  )
  try {
    return await Promise.race([work, late])
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return [
      {
        name,
        state: 'down',
        detail: `${name} could not be asked.`,
        latencyMs: null,
        lastError: { message, at: new Date().toISOString() },
      },
    ]
  }
}
