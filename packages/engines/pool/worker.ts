import { parentPort, type MessagePort } from 'node:worker_threads'
import type { FromWorker, Request, ToWorker } from './messages.ts'
import { packError } from './messages.ts'
import { sharedSignal } from './shared-signal.ts'

/** The thread of the pool: calls one exported function at a time and sends back what it answers. */
if (!parentPort) throw new Error('This module runs in a worker thread of the pool.')
serve(parentPort)

/** Smaller arrays are copied: moving has a price of its own. */
const movedFromBytes = 65_536

function serve(port: MessagePort): void {
  const aborts = new Map<number, () => void>()
  const send = (message: FromWorker, moved: ArrayBuffer[] = []) => port.postMessage(message, moved)

  async function answer(request: Request): Promise<void> {
    const { id } = request
    const { signal, abort } = sharedSignal(request.flag)
    aborts.set(id, abort)
    try {
      const run = await exportedFunction(request)
      const onProgress = (share: number, what: string) => send({ id, progress: { share, what } })
      const options = { ...request.options, signal, ...(request.wantsProgress ? { onProgress } : {}) }
      send({ id, started: true })
      const result = await run(...request.args, options)
      send({ id, result }, largeBuffers(result))
    } catch (error) {
      send({ id, error: packError(error) })
    } finally {
      aborts.delete(id)
    }
  }

  port.on('message', (message: ToWorker) => {
    if ('abort' in message) aborts.get(message.abort)?.()
    else void answer(message.request)
  })
}

async function exportedFunction({ moduleUrl, exportName }: Request): Promise<(...args: unknown[]) => unknown> {
  const loaded = (await import(moduleUrl)) as Record<string, unknown>
  const exported = loaded[exportName]
  if (typeof exported !== 'function') throw new TypeError(`${moduleUrl} exports no function ${exportName}`)
  return exported as (...args: unknown[]) => unknown
}

/** Buffers of the large arrays in a result: an engine keeps none of them, so they may move instead of being copied. */
function largeBuffers(result: unknown): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>()
  const look = (value: unknown, depth: number): void => {
    if (typeof value !== 'object' || value === null || depth > 4) return
    if (ArrayBuffer.isView(value)) {
      const { buffer } = value
      if (
        buffer instanceof ArrayBuffer &&
        buffer.byteLength >= movedFromBytes &&
        value.byteLength === buffer.byteLength
      )
        found.add(buffer)
    } else if (Array.isArray(value)) {
      // A long array holds numbers or rows; arrays of columns are short.
      if (value.length <= 1000) for (const each of value) look(each, depth + 1)
    } else for (const each of Object.values(value)) look(each, depth + 1)
  }
  look(result, 0)
  return [...found]
}
