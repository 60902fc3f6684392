import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { z } from 'zod'
import { createCatalogue } from '../catalogue.ts'
import { parseConfig, type Config } from '../config.ts'
import type { Caller, Context, Services, Tenant } from '../context.ts'
import { openDatabase } from '../database.ts'
import { newId } from '../ids.ts'
import { localKeyRing } from '../keyring.ts'
import { createLogger } from '../log.ts'
import type { Module } from '../module.ts'
import type { Operation } from '../operation.ts'
import type { Role } from '../permissions.ts'
import { createRuntime, type Runtime } from '../runtime.ts'
import { tenants } from '../schema.ts'
import { createVaults } from '../vault.ts'
import { startWorker, type Worker } from '../worker.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

export interface TestRuntimeOptions {
  modules: readonly Module[] | ((database: TestDatabase) => readonly Module[])
  /** Ports that stand in for modules that the test leaves out. */
  services?: Partial<Services>
  /** Environment variables of the configuration. */
  env?: Record<string, string>
  /** Runs the job worker; default false. */
  worker?: boolean
  logLevel?: string
}

export interface TestRuntime {
  runtime: Runtime
  config: Config
  database: TestDatabase
  agency: Tenant
  /** Two clients of the agency: `alpha` and `beta`. */
  clients: [Tenant, Tenant]
  /** A second agency with nothing in common with the first. */
  otherAgency: Tenant
  worker: Worker | null
  as(role: Role, tenant: Tenant, user?: { id: string; name: string; email: string }): Caller
  run<I extends z.ZodType, O extends z.ZodType>(
    operation: Operation<I, O>,
    input: z.input<I>,
    caller: Caller,
    options?: { idempotencyKey?: string },
  ): Promise<z.output<O>>
  context(caller: Caller): Context
  stop(): Promise<void>
}

/** A runtime on a fresh database with one agency, two clients and a foreign agency. No network, no transport. */
export async function startTestRuntime(options: TestRuntimeOptions): Promise<TestRuntime> {
  const database = await createTestDatabase()
  const dataDir = await mkdtemp(join(tmpdir(), 'guildhall-test-'))
  const config = parseConfig({ GUILDHALL_DATA_DIR: dataDir, ...options.env })
  const log = createLogger(options.logLevel ?? 'silent')
  const connection = {
    url: database.appUrl,
    setRole: null,
    pooled: false,
    onIdleError: (error: Error) => log.warn({ err: error }, 'idle connection'),
  }
  const app = openDatabase({ ...connection, poolSize: 10 })
  const keys = openDatabase({ ...connection, poolSize: 2 })
  const stopping = new AbortController()

  const tenant = (kind: Tenant['kind'], slug: string, agencyId?: string): Tenant => {
    const id = newId()
    return { id, kind, slug, name: slug[0]?.toUpperCase() + slug.slice(1), agencyId: agencyId ?? id }
  }
  const agency = tenant('agency', 'agency')
  const otherAgency = tenant('agency', 'other')
  const clients: [Tenant, Tenant] = [tenant('client', 'alpha', agency.id), tenant('client', 'beta', agency.id)]
  for (const each of [agency, otherAgency, ...clients])
    await app.within({ tenantId: each.agencyId }, (db) => db.insert(tenants).values(each))

  const modules = typeof options.modules === 'function' ? options.modules(database) : options.modules
  const standIns: Module = { name: 'stand-ins', services: () => options.services ?? {} }
  const runtime = await createRuntime({
    config,
    catalogue: createCatalogue([standIns, ...modules]),
    database: app,
    vaults: createVaults(keys, localKeyRing(randomBytes(32))),
    log,
    shutdown: stopping.signal,
  })
  const stops: (() => Promise<void>)[] = []
  for (const module of modules) {
    const stop = await module.start?.(runtime)
    if (stop) stops.push(stop)
  }
  const worker = options.worker ? startWorker(runtime, { pollMs: 50 }) : null
  return {
    runtime,
    config,
    database,
    agency,
    clients,
    otherAgency,
    worker,
    as: (role, forTenant, user = { id: 'user-1', name: 'Test Person', email: 'person@example.test' }) => ({
      actor: { type: 'user', ...user },
      tenant: forTenant,
      role,
      scopes: null,
      method: 'session',
    }),
    run: async (operation, input, caller, more = {}) =>
      outputOf(operation, await runtime.execute(operation, input, { caller, ...more })),
    context: (caller) => runtime.context(caller),
    async stop() {
      await worker?.stop()
      stopping.abort()
      for (const stop of stops.toReversed()) await stop()
      await Promise.all([app.close(), keys.close()])
      await database.drop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** `execute` has parsed the output with this schema, which the catalogue's type cannot express. */
function outputOf<O extends z.ZodType>(_operation: { output: O }, output: unknown): z.output<O> {
  return output as z.output<O>
}
