import { parentPort, type MessagePort } from 'node:worker_threads'
import { packError, type FromWorker, type Request, type ToWorker } from './messages.ts'
import { divide, gather, join } from './parts.ts'
import { sharedSignal } from './shared-signal.ts'

/** The thread of the pool: calls one exported function at a time and sends back what it answers. */
if (!parentPort) throw new Error('This module runs in a worker thread of the pool.')
serve(parentPort)

/** Smaller arrays are copied: moving has a price of its own. */
const movedFromBytes = 65_536

function serve(port: MessagePort): void {
  const aborts = new Map<number, () => void>()
  const send = (message: FromWorker, moved: ArrayBuffer[] = []) => port.postMessage(message, moved)

  /** Of the request that is on its way. */
  let slices = { id: -1, parts: new Map<number, unknown[]>() }

  function keep(slice: RequestSlice): void {
    if (slices.id !== slice.id) slices = { id: slice.id, parts: new Map() }
    gather(slices.parts, slice)
  }

  function whole(request: Request): Request {
    if (slices.id !== request.id) return request
    const [args, options] = join(request.args, slices.parts)
    slices = { id: -1, parts: new Map() }
    return { ...request, ...asRequested(args, options) }
  }

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
      await give(id, result)
    } catch (error) {
      send({ id, error: packError(error) })
    } finally {
      aborts.delete(id)
    }
  }

  /** Called when the caller has taken in a slice of the result. */
  let takenIn: () => void = () => undefined

  async function give(id: number, result: unknown): Promise<void> {
    const moved = largeBuffers(result)
    const divided = divide([result], moved)
    for (const slice of divided?.slices ?? []) {
      const taken = new Promise<void>((resolve) => {
        takenIn = resolve
      })
      send({ id, slice })
      await taken
    }
    send({ id, result: divided ? divided.args[0] : result, inParts: divided !== null }, moved)
  }

  port.on('message', (message: ToWorker) => {
    if ('more' in message) takenIn()
    else if ('abort' in message) aborts.get(message.abort)?.()
    else if ('slice' in message) keep(message.slice)
    else void answer(whole(message.request))
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

type RequestSlice = Extract<ToWorker, { slice: unknown }>['slice']

/** `divide` was given the two in this order. */
function asRequested(args: unknown, options: unknown): Pick<Request, 'args' | 'options'> {
  return { args, options } as Pick<Request, 'args' | 'options'>
}
