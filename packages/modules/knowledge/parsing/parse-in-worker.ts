import { Worker } from 'node:worker_threads'
import type { Chunk, ChunkOptions } from '../chunking.ts'
import { DocumentError, type DocumentErrorCode } from './document-error.ts'
import type { ParsedDocument } from './document.ts'
import { assertWithin, defaultLimits, type ParsingLimits } from './limits.ts'
import type { ParseInput } from './parse-document.ts'

/** A document with its chunks: both are made on the thread, since counting the tokens of a long document takes seconds too. */
export interface ReadDocument {
  document: ParsedDocument
  chunks: Chunk[]
}

export interface WorkerInput extends ParseInput {
  chunking?: ChunkOptions | undefined
}

/** What the thread answers: the document, a file that cannot be read, or a bug in reading. */
export type WorkerAnswer =
  | ({ outcome: 'parsed' } & ReadDocument)
  | { outcome: 'refused'; code: DocumentErrorCode; message: string; remedy: string }
  | { outcome: 'failed'; message: string; stack: string }

/**
 * Reads and chunks a file on a thread of its own, so that neither a long document nor a hostile one holds up the server. The thread has a heap limit, a
 * time limit and no environment variables, and ends with the document. Aborting the signal ends it at once.
 *
 * @throws DocumentError for every file that cannot be read (`timeout` and `too_large` also when the thread's limits are met); the signal's reason
 * when aborted
 */
export async function parseInWorker(input: WorkerInput): Promise<ReadDocument> {
  const limits: ParsingLimits = { ...defaultLimits, ...input.limits }
  input.signal?.throwIfAborted()
  assertWithin(input.bytes.byteLength, limits.maxBytes, 'bytes')
  // A copy, because transferring takes the buffer away from the caller.
  const bytes = new Uint8Array(input.bytes)
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: { bytes, filename: input.filename, mediaType: input.mediaType, limits, chunking: input.chunking },
    transferList: [bytes.buffer],
    resourceLimits: { maxOldGenerationSizeMb: limits.memoryMb, maxYoungGenerationSizeMb: 64, stackSizeMb: 4 },
    env: {},
    execArgv: [],
    stdout: true,
    stderr: true,
  })
  // Libraries may print about a broken file; nobody reads that, and an unread stream would keep it in memory.
  worker.stdout.resume()
  worker.stderr.resume()
  try {
    return settle(await answer(worker, limits, input.signal))
  } finally {
    await worker.terminate()
  }
}

function answer(worker: Worker, limits: ParsingLimits, signal: AbortSignal | undefined): Promise<WorkerAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<WorkerAnswer>()
  const stop = (): void => reject(signal?.reason)
  const timer = setTimeout(() => reject(timedOut(limits.timeoutMs)), limits.timeoutMs)
  signal?.addEventListener('abort', stop, { once: true })
  worker.once('message', resolve)
  worker.once('error', (error) => reject(isOutOfMemory(error) ? outOfMemory(error) : error))
  worker.once('exit', (code) => reject(new Error(`The parsing thread ended with code ${code} and no answer.`)))
  return promise.finally(() => {
    clearTimeout(timer)
    signal?.removeEventListener('abort', stop)
  })
}

function settle(message: WorkerAnswer): ReadDocument {
  if (message.outcome === 'parsed') return { document: message.document, chunks: message.chunks }
  if (message.outcome === 'refused') throw new DocumentError(message.code, message.message, message.remedy)
  throw new Error(`Reading the document failed: ${message.message}`, { cause: message.stack })
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY'
}

function outOfMemory(cause: unknown): DocumentError {
  return new DocumentError(
    'too_large',
    'Reading the document needs more memory than allowed.',
    'Split the document into smaller files.',
    cause,
  )
}

function timedOut(limitMs: number): DocumentError {
  return new DocumentError(
    'timeout',
    `Reading the document took longer than ${Math.round(limitMs / 1000)} seconds and was stopped.`,
    'Split the document into smaller files, or save it again in a simpler form.',
  )
}
