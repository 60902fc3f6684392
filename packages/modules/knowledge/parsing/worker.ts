import { parentPort, workerData } from 'node:worker_threads'
import { DocumentError } from './document-error.ts'
import { parseDocument, type ParseInput } from './parse-document.ts'
import type { WorkerAnswer } from './parse-in-worker.ts'

/** Runs inside the thread that `parseInWorker` starts: reads the one document of its `workerData` and answers once. */
async function run(input: ParseInput): Promise<WorkerAnswer> {
  try {
    return { outcome: 'parsed', document: await parseDocument(input) }
  } catch (error) {
    if (error instanceof DocumentError)
      return { outcome: 'refused', code: error.code, message: error.message, remedy: error.remedy }
    const failure = error instanceof Error ? error : new Error(String(error))
    return { outcome: 'failed', message: failure.message, stack: failure.stack ?? '' }
  }
}

/** The thread's data has the type that `parseInWorker` gives it; threads carry no types across. */
function givenInput(): ParseInput {
  return workerData as ParseInput
}

parentPort?.postMessage(await run(givenInput()), [])
