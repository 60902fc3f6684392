/**
 * An AbortSignal that is aborted as soon as another thread raises the flag, even while this thread is in a loop and
 * receives no messages. Its `abort` event comes with `abort()`, once the loop is left.
 * @param flag one element in shared memory: 0 goes on, 1 stops
 */
export function sharedSignal(flag: Int32Array): { signal: AbortSignal; abort: () => void } {
  const controller = new AbortController()
  const { signal } = controller
  const raised = () => Atomics.load(flag, 0) === 1
  const reason = new DOMException('This operation was aborted', 'AbortError')
  Object.defineProperties(signal, {
    aborted: { get: raised },
    reason: { get: () => (raised() ? reason : undefined) },
    throwIfAborted: {
      value: () => {
        if (raised()) throw reason
      },
    },
  })
  return { signal, abort: () => controller.abort(reason) }
}
