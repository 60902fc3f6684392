import { mkdir, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import {
  createRuntime,
  createVaults,
  openBroadcast,
  openDatabase,
  startWorker,
  type Config,
  type Logger,
  type Runtime,
} from '@guildhall/kernel'
import { getRequestListener } from '@hono/node-server'
import { compose } from './composition.ts'
import { createHttpApp } from './http/app.ts'
import { createRawListener, type RawListener } from './http/raw.ts'
import { eraseTenant, loadSecrets, migrateStore, openStore, type Progress, type Store } from './store.ts'
import { version } from './version.ts'

/** A running installation. */
export interface Installation {
  runtime: Runtime
  store: Store
  /** Where it listens, `http://127.0.0.1:4100`. */
  url: string
  stop(): Promise<void>
}

export interface InstallationOptions {
  config: Config
  log: Logger
  progress: Progress
  consoleDir: string
  /** Runs before the first request is answered: whoever sees the server answer may use what is made here. */
  prepare?(runtime: Runtime): Promise<void>
  /** False for commands that work on the store without serving. */
  listen?: boolean
}

/** Opens the store, migrates it, starts the modules, the worker and the HTTP server, in that order. */
export async function startInstallation(options: InstallationOptions): Promise<Installation> {
  const { log, progress } = options
  await mkdir(options.config.dataDir, { recursive: true, mode: 0o700 })
  const store = await openStore(options.config, log, progress)
  const undo: (() => Promise<void>)[] = [() => store.stop()]
  const stopAll = async () => {
    for (const step of undo.splice(0).toReversed()) {
      try {
        await step()
      } catch (error) {
        log.error({ err: error }, 'Could not stop cleanly')
      }
    }
  }
  try {
    progress('Bringing the schema up to date')
    await migrateStore(store, options.config, log, progress)
    for (const warning of store.warnings) log.warn(warning)
    const secrets = await loadSecrets(options.config)

    // The port is known before the modules start, since links and cookies carry the public address.
    const reserved = options.listen === false ? null : await listenEarly(options.config)
    if (reserved) undo.push(() => close(reserved.server))
    const config =
      reserved && !options.config.GUILDHALL_URL
        ? Object.freeze({ ...options.config, publicUrl: reserved.url })
        : options.config

    const connection = {
      url: store.appUrl,
      setRole: store.setRole,
      pooled: store.pooled,
      onIdleError: (error: Error) => log.warn({ err: error }, 'Idle database connection'),
    }
    const database = openDatabase({ ...connection, poolSize: config.DATABASE_POOL_SIZE })
    undo.push(() => database.close())
    // Keys are read while a request holds a connection; from a pool of their own, requests cannot starve each other.
    const keyDatabase = openDatabase({ ...connection, poolSize: 2 })
    undo.push(() => keyDatabase.close())

    const broadcast = await openBroadcast({
      // LISTEN means nothing behind a pooler; notices carry no secret, and nothing else is done on this connection.
      url: store.pooled ? store.ownerUrl : store.appUrl,
      onError: (error) => log.warn({ err: error }, 'Notices of other processes do not arrive; nothing is remembered'),
    })
    undo.push(() => broadcast.close())

    const shutdown = new AbortController()
    const catalogue = compose(config, {
      authUrl: store.authUrl,
      authSecret: secrets.authSecret,
      fileKey: secrets.fileKey,
      eraseTenant: (tenant) => eraseTenant(store, config.filesDir, tenant.id),
    })
    progress('Starting the modules')
    const runtime = await createRuntime({
      config,
      catalogue,
      database,
      vaults: createVaults(keyDatabase, secrets.keyRing),
      broadcast,
      log,
      shutdown: shutdown.signal,
    })
    for (const module of catalogue.modules) {
      const stop = await module.start?.(runtime)
      if (stop) undo.push(stop)
    }
    undo.push(async () => shutdown.abort(new Error('Guildhall is shutting down')))
    if (reserved) {
      await options.prepare?.(runtime)
      const worker = startWorker(runtime)
      undo.push(() => worker.stop())
      reserved.open(
        createHttpApp(runtime, { version, consoleDir: options.consoleDir }).fetch,
        createRawListener(runtime),
      )
      await writeFile(join(config.dataDir, 'server.json'), JSON.stringify({ pid: process.pid, url: reserved.url }), {
        mode: 0o600,
      })
      undo.push(() => rm(join(config.dataDir, 'server.json'), { force: true }))
      undo.push(() => drain(reserved.server))
    }
    return { runtime, store, url: reserved?.url ?? config.publicUrl, stop: stopAll }
  } catch (error) {
    await stopAll()
    throw error
  }
}

type Fetch = Parameters<typeof getRequestListener>[0]

interface Reserved {
  server: Server
  url: string
  open(fetch: Fetch, raw: RawListener): void
}

/** Takes the port at once, so that a taken one fails before anything is changed; answers 503 until the product is ready. */
async function listenEarly(config: Config): Promise<Reserved> {
  let current: Fetch = () => new Response('Guildhall is starting.', { status: 503, headers: { 'retry-after': '1' } })
  const hostname = config.GUILDHALL_HOST
  let raw: RawListener = () => false
  const listener = getRequestListener((request, env) => current(request, env), {
    overrideGlobalObjects: false,
    hostname,
  })
  const server = createServer((request, response) => {
    if (!raw(request, response)) void listener(request, response)
  })
  server.listen(config.GUILDHALL_PORT, hostname)
  await new Promise<void>((resolve, reject) => {
    server.once('listening', resolve)
    server.once('error', (error: Error & { code?: string }) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(
              `Port ${String(config.GUILDHALL_PORT)} is in use. Stop what listens there, or set GUILDHALL_PORT (0 picks a free one).`,
              { cause: error },
            )
          : error,
      ),
    )
  })
  const { port } = server.address() as AddressInfo
  const shown =
    hostname === '0.0.0.0' || hostname === '::' ? 'localhost' : hostname.includes(':') ? `[${hostname}]` : hostname
  return {
    server,
    url: `http://${shown}:${String(port)}`,
    open: (fetch, answered) => {
      current = fetch
      raw = answered
    },
  }
}

/** Stops accepting and lets running requests and streams end, at most 10 seconds. */
async function drain(server: Server): Promise<void> {
  const closed = close(server)
  server.closeIdleConnections()
  await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 10_000).unref())])
  server.closeAllConnections()
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
  })
}
