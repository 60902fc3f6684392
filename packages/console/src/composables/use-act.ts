import { useQueryClient } from '@tanstack/vue-query'
import { computed, ref, shallowRef } from 'vue'
import { apiFor, type Api } from '@/api/client'
import { asApiProblem } from '@/api/problem'
import { useMessages } from './use-messages'
import { useTenant } from './use-tenant'

interface ActOptions<I, T> {
  /** Said when it worked; nothing is said without it. */
  done?: string | ((result: T, input: I) => string)
  /** First parts of the keys (below the level) that are read anew. */
  refresh?: readonly (readonly unknown[])[]
  onDone?: (result: T, input: I) => void
  /** Wrong fields are shown by a form; then no message pops up for them. */
  form?: boolean
  /** The page shows every refusal in place; then no message pops up at all. */
  inline?: boolean
}

/** Does something at the current level. A refusal becomes a message with the request id, or errors at the fields of a form. */
export function useAct<I, T>(act: (api: Api, input: I) => Promise<T>, options: ActOptions<I, T> = {}) {
  const { client } = useTenant()
  const queryClient = useQueryClient()
  const report = useReport()
  const { say } = useMessages()
  const busy = ref(false)
  const failure = shallowRef<unknown>(null)
  /** Of the act that was begun last: what an earlier one comes to is no longer shown. */
  let last = 0

  async function runAsync(input: I): Promise<T> {
    last += 1
    const own = last
    busy.value = true
    failure.value = null
    try {
      const result = await act(apiFor(client.value), input)
      await Promise.all(
        (options.refresh ?? []).map((key) =>
          queryClient.invalidateQueries({ queryKey: ['tenant', client.value, ...key] }),
        ),
      )
      const said = typeof options.done === 'function' ? options.done(result, input) : options.done
      if (said) say({ title: said, color: 'success', icon: 'i-lucide-check' })
      options.onDone?.(result, input)
      return result
    } catch (thrown) {
      const problem = asApiProblem(thrown)
      if (own === last) failure.value = thrown
      if (!options.inline && !(options.form && problem.fields.length > 0)) report(problem)
      throw thrown
    } finally {
      if (own === last) busy.value = false
    }
  }
  return {
    run: (input: I): void => void runAsync(input).catch(() => undefined),
    /** @throws ApiProblem */
    runAsync,
    busy,
    problem: computed(() => (failure.value ? asApiProblem(failure.value) : null)),
    reset() {
      last += 1
      busy.value = false
      failure.value = null
    },
  }
}

/** Shows what went wrong as a message that names the request, so that it can be found in the log. */
export function useReport() {
  const { say } = useMessages()
  return (error: unknown) => {
    const problem = asApiProblem(error)
    const requestId = problem.requestId
    say({
      title: problem.title,
      description: requestId ? `${problem.message} Request ${requestId}` : problem.message,
      color: 'error',
      icon: 'i-lucide-circle-alert',
      duration: 10_000,
      ...(requestId
        ? {
            actions: [
              {
                label: 'Copy request id',
                color: 'neutral' as const,
                variant: 'outline' as const,
                onClick: () => void navigator.clipboard.writeText(requestId),
              },
            ],
          }
        : {}),
    })
  }
}
