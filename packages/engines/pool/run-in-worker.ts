import { createPool, type EngineFunction, type Pool, type PoolOptions } from './pool.ts'

let shared: Pool | undefined

/**
 * Runs an engine's function in a worker thread of the process's pool (one thread fewer than cores, at least one), so
 * that the caller's event loop stays free: `runInWorker<typeof forecast>(url, 'forecast', [history], { seed: 1 })`
 * answers what `forecast(history, { seed: 1 })` would.
 * @param moduleUrl `file:` URL of the module, for instance `new URL('./index.ts', import.meta.url)`
 * @param exportName name of the exported function; its last argument takes WorkOptions
 * @param args the arguments before the options; structured clone, or moved when their buffers are in `options.transfer`;
 *   large ones are cloned in parts, one per turn of the event loop: leave them unchanged until the answer comes
 * @param options all else the function takes; `signal`, `maxMillis` and `onProgress` work as in a direct call
 * @throws what the function throws, with its class; the signal's reason, at once; WorkerLostError
 */
export function runInWorker<F extends EngineFunction>(
  moduleUrl: URL | string,
  exportName: string,
  args: readonly unknown[],
  options: PoolOptions = {},
): Promise<Awaited<ReturnType<F>>> {
  shared ??= createPool()
  return shared.run<F>(moduleUrl, exportName, args, options)
}
