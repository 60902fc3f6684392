import { LLMock } from '@copilotkit/aimock'
import type { Context, Services, Tenant } from '@guildhall/kernel'
import { startTestRuntime, type TestRuntime } from '@guildhall/kernel/testing'
import { ledgerModule } from '@guildhall/modules/ledger'
import { limitsModule } from '@guildhall/modules/limits'
import { runAttempts, runs, runsModule, runSteps } from '@guildhall/modules/runs'
import { asc, eq } from 'drizzle-orm'
import { createProvidersModule } from '../module.ts'
import { connectProvider } from '../operations/connect-provider.ts'
import type { GatewaySettings } from '../walk/settings.ts'
import { startOwnUpstream, type OwnUpstream } from './own-upstream.ts'

/** Short clocks: what takes seconds in earnest takes milliseconds here. */
const quick: Partial<GatewaySettings> = {
  firstTokenMs: 400,
  idleMs: 300,
  answerMs: 600,
  totalMs: 4_000,
  backoffMs: 5,
  longestBackoffMs: 20,
  longestRetryAfterMs: 1_500,
}

/** An installation whose providers are mock servers on this machine. */
export interface ProviderLab {
  app: TestRuntime
  google: LLMock
  openai: LLMock
  anthropic: LLMock
  own: OwnUpstream
  /** The first client's owner. */
  ctx: Context
  /** Enters a key for each of the three, and `own` as a compatible server of that name. */
  connect(tenant: Tenant, which?: readonly ('google' | 'openai' | 'anthropic' | 'own')[]): Promise<void>
  /** Empties the mocks and closes all circuits of a tenant. */
  reset(tenant: Tenant): void
  attemptsOf(runId: string): Promise<(typeof runAttempts.$inferSelect)[]>
  runOf(runId: string): Promise<typeof runs.$inferSelect>
  stepsOf(runId: string): Promise<(typeof runSteps.$inferSelect)[]>
  stop(): Promise<void>
}

export async function startProviderLab(
  settings: Partial<GatewaySettings> = {},
  modules: Parameters<typeof startTestRuntime>[0]['services'] = {},
  /** Ports that take the place of those of the modules. */
  instead: Partial<Services> = {},
): Promise<ProviderLab> {
  const [google, openai, anthropic, own] = await Promise.all([
    LLMock.create({ port: 0 }),
    LLMock.create({ port: 0 }),
    LLMock.create({ port: 0 }),
    startOwnUpstream(),
  ])
  const hosts = [google, openai, anthropic].map((mock) => new URL(mock.url).host)
  const app = await startTestRuntime({
    modules: [
      ledgerModule,
      limitsModule,
      runsModule,
      createProvidersModule({ ...quick, ...settings }),
      { name: 'instead', services: () => instead },
    ],
    services: modules,
    env: { GUILDHALL_PRIVATE_HOSTS: [...hosts, own.host].join(',') },
  })
  const ctx = app.context(app.as('owner', app.clients[0]))
  const addresses = {
    google: { kind: 'google', baseUrl: `${google.url}/v1beta`, models: ['gemini-2.5-flash'] },
    openai: { kind: 'openai', baseUrl: `${openai.url}/v1`, models: ['gpt-5.1'] },
    anthropic: { kind: 'anthropic', baseUrl: `${anthropic.url}/v1`, models: ['claude-sonnet-4-6'] },
    own: { kind: 'openai-compatible', slug: 'own', baseUrl: own.url, models: ['local-chat', 'local-embed'] },
  } as const
  return {
    app,
    google,
    openai,
    anthropic,
    own,
    ctx,
    async connect(tenant, which = ['google', 'openai', 'anthropic', 'own']) {
      for (const name of which)
        await app.run(
          connectProvider,
          { ...addresses[name], models: [...addresses[name].models], apiKey: `sk-${name}-${tenant.slug}-1234` },
          app.as('owner', tenant),
        )
    },
    reset(tenant) {
      for (const mock of [google, openai, anthropic]) {
        mock.clearFixtures()
        mock.clearRequests()
      }
      own.requests.length = 0
      for (const slug of ['google', 'openai', 'anthropic', 'own'])
        app.runtime.services.providerAdministration.changed(tenant.id, slug)
    },
    attemptsOf: (runId) =>
      ctx.transaction((tx) =>
        tx.db
          .select()
          .from(runAttempts)
          .where(eq(runAttempts.runId, runId))
          .orderBy(asc(runAttempts.startedAt), asc(runAttempts.position)),
      ),
    stepsOf: (runId) =>
      ctx.transaction((tx) =>
        tx.db.select().from(runSteps).where(eq(runSteps.runId, runId)).orderBy(asc(runSteps.position)),
      ),
    async runOf(runId) {
      const [row] = await ctx.transaction((tx) => tx.db.select().from(runs).where(eq(runs.id, runId)))
      if (!row) throw new Error(`run ${runId} is not there`)
      return row
    },
    async stop() {
      await app.stop()
      await Promise.all([google.stop(), openai.stop(), anthropic.stop(), own.stop()])
    },
  }
}
