import { openBroadcast, type Broadcast } from '../broadcast.ts'
import { createCatalogue } from '../catalogue.ts'
import type { Context, Services } from '../context.ts'
import { openDatabase, type TenantDatabase } from '../database.ts'
import type { Caller } from '../context.ts'
import type { Module } from '../module.ts'
import { createRuntime, type Runtime } from '../runtime.ts'
import type { TestDatabase } from './test-database.ts'
import { startTestRuntime, type TestRuntime } from './test-runtime.ts'

export interface TestProcess {
  runtime: Runtime
  context(caller: Caller): Context
  /** Gone without a word, as by `kill -9`: nothing is given back, nothing more is written. */
  kill(): Promise<void>
}

export interface TestProcesses extends Pick<TestRuntime, 'agency' | 'clients' | 'otherAgency' | 'as' | 'database'> {
  processes: TestProcess[]
  stop(): Promise<void>
}

export interface ProcessesOptions {
  /** The modules of each process, in a list per process. */
  modules: (database: TestDatabase) => readonly (readonly Module[])[]
  services?: Partial<Services>
  /** Environment variables of the configuration. */
  env?: Record<string, string>
  now?: () => Date
}

/** Several runtimes on one fresh database that hear each other's notices: the processes of one installation, in one. */
export async function startProcesses(options: ProcessesOptions): Promise<TestProcesses> {
  const base = await startTestRuntime({ modules: [], ...(options.env ? { env: options.env } : {}) })
  const processes: TestProcess[] = []
  for (const modules of options.modules(base.database)) processes.push(await startProcess(base, modules, options))
  return {
    agency: base.agency,
    clients: base.clients,
    otherAgency: base.otherAgency,
    as: (role, tenant, user) => base.as(role, tenant, user),
    database: base.database,
    processes,
    async stop() {
      for (const each of processes) if (!killed.has(each)) await stops.get(each)?.()
      await base.stop()
    },
  }
}

const killed = new WeakSet<TestProcess>()
const stops = new WeakMap<TestProcess, () => Promise<void>>()

async function startProcess(
  base: TestRuntime,
  modules: readonly Module[],
  options: ProcessesOptions,
): Promise<TestProcess> {
  const onError = () => undefined
  const database: TenantDatabase = openDatabase({
    url: base.database.appUrl,
    poolSize: 5,
    setRole: null,
    pooled: false,
    onIdleError: onError,
  })
  const broadcast: Broadcast = await openBroadcast({ url: base.database.appUrl, onError })
  const stopping = new AbortController()
  const standIns: Module = { name: 'stand-ins', services: () => options.services ?? {} }
  const runtime = await createRuntime({
    config: base.config,
    catalogue: createCatalogue([standIns, ...modules]),
    database,
    vaults: base.runtime.vaults,
    broadcast,
    log: base.runtime.log,
    shutdown: stopping.signal,
    ...(options.now ? { now: options.now } : {}),
  })
  const moduleStops: (() => Promise<void>)[] = []
  for (const module of modules) {
    const stop = await module.start?.(runtime)
    if (stop) moduleStops.push(stop)
  }
  const close = async () => {
    stopping.abort()
    await Promise.all([broadcast.close(), database.close()])
  }
  const process: TestProcess = {
    runtime,
    context: (caller) => runtime.context(caller),
    async kill() {
      killed.add(process)
      await close()
    },
  }
  stops.set(process, async () => {
    for (const stop of moduleStops.toReversed()) await stop()
    await close()
  })
  return process
}
