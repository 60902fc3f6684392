import { answer, listQuery } from '@/api/client'
import type { RunSummary } from '@/api/types'
import type { ListRead } from '@/components/list/list-types'
import { toValue, type MaybeRefOrGetter } from 'vue'
import { useRead } from './use-read'

/** Runs of the level; `scope` of the agency adds those of its clients. */
export const readRuns: ListRead<RunSummary> = (api, parameters, signal) =>
  answer(api.GET('/api/runs', { params: { query: listQuery('/api/runs', parameters) }, signal }))

/** One run with its steps and attempts; read again while it is still being worked on. */
export function useRun(
  id: MaybeRefOrGetter<string>,
  { refreshMs = 1500, ...options }: { enabled?: () => boolean; refreshMs?: number } = {},
) {
  return useRead(
    () => ['run', toValue(id)],
    (api, signal) => answer(api.GET('/api/runs/{id}', { params: { path: { id: toValue(id) } }, signal })),
    { refresh: (last) => (last?.run.status === 'running' ? refreshMs : false), keep: true, ...options },
  )
}

/** Exact input or output of a step by its content hash. Kept for a limited time on the server. */
export function usePayload(runId: MaybeRefOrGetter<string>, hash: MaybeRefOrGetter<string | null>) {
  return useRead(
    () => ['payload', toValue(runId), toValue(hash)],
    (api, signal) =>
      answer(
        api.GET('/api/runs/{id}/payloads/{hash}', {
          params: { path: { id: toValue(runId), hash: toValue(hash) ?? '' } },
          signal,
        }),
      ),
    { enabled: () => toValue(hash) !== null },
  )
}
