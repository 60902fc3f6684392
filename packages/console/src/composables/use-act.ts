import { useMutation, useQueryClient } from '@tanstack/vue-query'
import { computed } from 'vue'
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
  const mutation = useMutation({
    mutationFn: (input: I) => act(apiFor(client.value), input),
    async onSuccess(result, input) {
      await Promise.all(
        (options.refresh ?? []).map((key) =>
          queryClient.invalidateQueries({ queryKey: ['tenant', client.value, ...key] }),
        ),
      )
      const said = typeof options.done === 'function' ? options.done(result, input) : options.done
      if (said) say({ title: said, color: 'success', icon: 'i-lucide-check' })
      options.onDone?.(result, input)
    },
    onError(error) {
      const problem = asApiProblem(error)
      if (options.inline || (options.form && problem.fields.length > 0)) return
      report(problem)
    },
  })
  return {
    run: mutation.mutate,
    /** @throws ApiProblem */
    runAsync: mutation.mutateAsync,
    busy: mutation.isPending,
    problem: computed(() => (mutation.error.value ? asApiProblem(mutation.error.value) : null)),
    reset: mutation.reset,
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
