import { availableParallelism } from 'node:os'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import type { WorkOptions } from '../contract/index.ts'
import { divide, gather, join, type Divided } from './parts.ts'
import { unpackError, type FromWorker, type Request, type ToWorker } from './messages.ts'

/** A worker that ended, was stuck, or whose pool was closed before it answered. */
export class WorkerLostError extends Error {
  override readonly name = 'WorkerLostError'
}

export type EngineFunction = (...args: never[]) => unknown

/** What the function takes as its options, plus how its arguments travel. */
export interface PoolOptions extends WorkOptions {
  /** Buffers among the arguments to move instead of copy; the caller's arrays over them are empty afterwards. */
  transfer?: readonly ArrayBuffer[] | undefined
  [option: string]: unknown
}

export interface Pool {
  /** Threads at most; they start when they are needed. */
  readonly size: number
  /** See `runInWorker`. */
  run<F extends EngineFunction>(
    moduleUrl: URL | string,
    exportName: string,
    args: readonly unknown[],
    options?: PoolOptions,
  ): Promise<Awaited<ReturnType<F>>>
  /** Ends all threads; whoever waits gets a WorkerLostError. */
  close(): Promise<void>
}

interface Job {
  request: Request
  transfer: readonly ArrayBuffer[]
  maxMillis: number | undefined
  /** Slices of its result. */
  parts: Map<number, unknown[]>
  settle: { resolve(result: unknown): void; reject(error: unknown): void }
  onProgress: WorkOptions['onProgress']
}

interface Thread {
  worker: Worker
  job: Job | null
  /** Ends a thread that does not answer in time. */
  deadline: NodeJS.Timeout | undefined
}

/**
 * @param options.size threads at most; cores - 1 unless told, so that the caller's own thread has one
 * @param options.graceMillis how long after an abort or the time limit a thread may take to answer before it is replaced
 */
export function createPool(options: { size?: number; graceMillis?: number } = {}): Pool {
  const { size = Math.max(1, availableParallelism() - 1), graceMillis = 5_000 } = options
  const threads = new Set<Thread>()
  const queue: Job[] = []
  let jobs = 0

  function startThread(): Thread {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { execArgv: [] })
    const thread: Thread = { worker, job: null, deadline: undefined }
    let failure: unknown
    worker.on('message', (message: FromWorker) => receive(thread, message))
    worker.on('messageerror', (error) => {
      failure = error
      void worker.terminate()
    })
    worker.on('error', (error) => {
      failure = error
    })
    worker.on('exit', (code) => {
      const why = failure instanceof Error ? failure.message : `exit code ${String(code)}`
      lose(thread, new WorkerLostError(`The worker thread ended before it answered: ${why}`, { cause: failure }))
    })
    threads.add(thread)
    return thread
  }

  function receive(thread: Thread, message: FromWorker): void {
    const { job } = thread
    if (!job || job.request.id !== message.id) return
    if ('started' in message) {
      if (job.maxMillis !== undefined && !thread.deadline)
        endBy(thread, job.maxMillis + graceMillis, 'after its time limit.')
    } else if ('progress' in message) job.onProgress?.(message.progress.share, message.progress.what)
    else if ('slice' in message) {
      gather(job.parts, message.slice)
      const more: ToWorker = { more: message.id }
      thread.worker.postMessage(more, [])
    } else {
      free(thread)
      if ('result' in message)
        job.settle.resolve(message.inParts ? join([message.result], job.parts)[0] : message.result)
      else job.settle.reject(unpackError(message.error))
      dispatch()
    }
  }

  function free(thread: Thread): void {
    clearTimeout(thread.deadline)
    thread.deadline = undefined
    thread.job = null
    // An idle thread does not keep the process alive.
    thread.worker.unref()
  }

  function lose(thread: Thread, error: WorkerLostError): void {
    if (!threads.delete(thread)) return
    clearTimeout(thread.deadline)
    thread.job?.settle.reject(error)
    thread.job = null
    dispatch()
  }

  function endBy(thread: Thread, millis: number, what: string): void {
    clearTimeout(thread.deadline)
    thread.deadline = setTimeout(() => {
      lose(thread, new WorkerLostError(`The worker thread did not answer within ${String(graceMillis)} ms ${what}`))
      void thread.worker.terminate()
    }, millis)
    thread.deadline.unref()
  }

  function dispatch(): void {
    while (queue.length > 0) {
      const idle = [...threads].find((thread) => thread.job === null)
      if (!idle && threads.size >= size) return
      const job = queue.shift()
      if (job) assign(idle ?? startThread(), job)
    }
  }

  function assign(thread: Thread, job: Job): void {
    thread.job = job
    thread.worker.ref()
    const divided = divide([job.request.args, job.request.options], job.transfer)
    if (divided) void sendInParts(thread, job, divided)
    else send(thread, job, { request: job.request }, job.transfer)
  }

  /** @returns whether it could be cloned */
  function send(thread: Thread, job: Job, message: ToWorker, transfer: readonly ArrayBuffer[]): boolean {
    try {
      thread.worker.postMessage(message, [...transfer])
      return true
    } catch (error) {
      free(thread)
      job.settle.reject(error)
      // Not within the caller's own turn: the queue may be long.
      setImmediate(dispatch)
      return false
    }
  }

  /** One slice per turn of the event loop, so that others have theirs. */
  async function sendInParts(thread: Thread, job: Job, { args, slices }: Divided): Promise<void> {
    const { id } = job.request
    for (const slice of slices) {
      await nextTurn()
      if (thread.job !== job || !send(thread, job, { slice: { id, ...slice } }, [])) return
    }
    await nextTurn()
    if (thread.job === job) send(thread, job, { request: { ...job.request, args, options: {} } }, job.transfer)
  }

  function abort(job: Job): void {
    const place = queue.indexOf(job)
    if (place >= 0) {
      queue.splice(place, 1)
      return
    }
    Atomics.store(job.request.flag, 0, 1)
    const thread = [...threads].find((thread) => thread.job === job)
    if (!thread) return
    const message: ToWorker = { abort: job.request.id }
    thread.worker.postMessage(message, [])
    endBy(thread, graceMillis, 'after it was aborted.')
  }

  function run<F extends EngineFunction>(
    moduleUrl: URL | string,
    exportName: string,
    args: readonly unknown[],
    options: PoolOptions = {},
  ): Promise<Awaited<ReturnType<F>>> {
    const { signal, onProgress, transfer = [], ...cloned } = options
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted()
      const url = new URL(moduleUrl)
      if (url.protocol !== 'file:') throw new TypeError(`A worker runs modules from file: URLs only, not ${url.href}`)
      const aborted = () => {
        reject(signal?.reason)
        abort(job)
      }
      const end = () => signal?.removeEventListener('abort', aborted)
      const job: Job = {
        request: {
          id: jobs++,
          moduleUrl: url.href,
          exportName,
          args,
          options: cloned,
          flag: new Int32Array(new SharedArrayBuffer(4)),
          wantsProgress: onProgress !== undefined,
        },
        transfer,
        parts: new Map(),
        maxMillis: cloned.maxMillis,
        onProgress,
        settle: {
          resolve(result) {
            end()
            resolve(answerOf<F>(result))
          },
          reject(error) {
            end()
            reject(error)
          },
        },
      }
      signal?.addEventListener('abort', aborted, { once: true })
      queue.push(job)
      dispatch()
    })
  }

  async function close(): Promise<void> {
    const closed = new WorkerLostError('The pool was closed.')
    for (const job of queue.splice(0)) job.settle.reject(closed)
    await Promise.all(
      [...threads].map((thread) => {
        lose(thread, closed)
        return thread.worker.terminate()
      }),
    )
  }

  return { size, run, close }
}

/** The thread called the function that the caller named as F; nothing but its answer comes back. */
function answerOf<F extends EngineFunction>(result: unknown): Awaited<ReturnType<F>> {
  return result as Awaited<ReturnType<F>>
}
