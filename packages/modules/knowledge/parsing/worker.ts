import { parentPort, workerData } from 'node:worker_threads'
import { chunkDocument } from '../chunking.ts'
import { DocumentError } from './document-error.ts'
import { parseDocument } from './parse-document.ts'
import type { WorkerAnswer, WorkerInput } from './parse-in-worker.ts'

/** Runs inside the thread that `parseInWorker` starts: reads and chunks the one document of its `workerData` and answers once. */
async function run(input: WorkerInput): Promise<WorkerAnswer> {
  try {
    const document = await parseDocument(input)
    return { outcome: 'parsed', document, chunks: chunkDocument(document, input.chunking) }
  } catch (error) {
    if (error instanceof DocumentError)
      return { outcome: 'refused', code: error.code, message: error.message, remedy: error.remedy }
    const failure = error instanceof Error ? error : new Error(String(error))
    return { outcome: 'failed', message: failure.message, stack: failure.stack ?? '' }
  }
}

/** The thread's data has the type that `parseInWorker` gives it; threads carry no types across. */
function givenInput(): WorkerInput {
  return workerData as WorkerInput
}

parentPort?.postMessage(await run(givenInput()), [])
