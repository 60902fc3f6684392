import { toValue, type MaybeRefOrGetter } from 'vue'
import type { StoredRecord } from '@/api/blueprint-types'
import { described, type Call, type StoredAnalysis } from '@/api/coach-types'
import { answer, type Api } from '@/api/client'
import type { ListParameters, Page } from '@/api/types'
import { nextTask } from './next-task'
import { useRead } from './use-read'

const records = '/api/projects/{projectId}/collections/{collection}/records'
const record = '/api/projects/{projectId}/collections/{collection}/records/{id}'

/** Everything below these keys shows calls; read anew when one was added, changed or removed. */
export const callKeys = (projectId: string) => [
  ['records', projectId, 'calls'],
  ['record', projectId, 'calls'],
  ['aggregate', projectId, 'calls'],
  ['call-analyses', projectId],
  ['coach', projectId],
]

const members = [
  'title',
  'startedAt',
  'durationSeconds',
  'rep',
  'clientId',
  'outcome',
  'score',
  'talkRatio',
  'objections',
  'objectionKinds',
  'missedObjectionKinds',
  'nextStep',
]

/** A line of the list of calls. */
export type CallRow = Omit<Call, 'parties' | 'dialog'> & { id: string; company: string | null }

/** Calls without their words, with the names of the companies. */
export async function readCalls(
  projectId: string,
  api: Api,
  { cursor, limit, sort, q, ...filters }: ListParameters,
  signal?: AbortSignal,
): Promise<Page<CallRow>> {
  const { from, to, ...choices } = filters
  const conditions = {
    ...Object.fromEntries(
      Object.entries(choices).flatMap(([member, value]) =>
        value === undefined ? [] : [[member, { in: String(value).split(',') }]],
      ),
    ),
    ...(from || to ? { startedAt: { ...(from ? { gte: from } : {}), ...(to ? { lte: to } : {}) } } : {}),
  }
  const query = {
    cursor,
    limit,
    sort,
    q,
    members: members.join(','),
    ...(Object.keys(conditions).length > 0 ? { filter: JSON.stringify(conditions) } : {}),
  }
  const page = await answer(api.GET(records, { params: { path: { projectId, collection: 'calls' }, query }, signal }))
  const rows = page.items.map((item) => described<Call>(item))
  const names = await readNames(
    api,
    projectId,
    rows.flatMap(({ data }) => data.clientId ?? []),
    signal,
  )
  return {
    ...page,
    items: rows.map(({ id, data }) => ({
      ...data,
      id,
      company: data.clientId ? (names.get(data.clientId) ?? null) : null,
    })),
  }
}

async function readNames(
  api: Api,
  projectId: string,
  ids: readonly string[],
  signal?: AbortSignal,
): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map()
  const filter = JSON.stringify({ id: { in: [...new Set(ids)] } })
  const { items } = await answer(
    api.GET(records, {
      params: { path: { projectId, collection: 'clients' }, query: { filter, members: 'name', limit: 200 } },
      signal,
    }),
  )
  return new Map(items.map((item) => [item.id, String(item.data['name'])]))
}

export function useCall(projectId: MaybeRefOrGetter<string>, id: MaybeRefOrGetter<string>) {
  return useRead(
    () => ['record', toValue(projectId), 'calls', toValue(id)],
    async (api, signal) =>
      described<Call>(
        await answer(
          api.GET(record, {
            params: { path: { projectId: toValue(projectId), collection: 'calls', id: toValue(id) } },
            signal,
          }),
        ),
      ),
  )
}

/** When a call was analysed and who found the words, newest first. */
export function useCallAnalyses(projectId: MaybeRefOrGetter<string>, callId: MaybeRefOrGetter<string>) {
  return useRead(
    () => ['call-analyses', toValue(projectId), toValue(callId), 'versions'],
    async (api, signal) => {
      const { items } = await answer(
        api.GET(records, {
          params: {
            path: { projectId: toValue(projectId), collection: 'call-analyses' },
            query: {
              filter: JSON.stringify({ callId: { eq: toValue(callId) } }),
              members: 'analysedAt,source,model',
              sort: '-analysedAt',
              limit: 50,
            },
          },
          signal,
        }),
      )
      return items.map((item: StoredRecord) => described<Pick<StoredAnalysis, 'analysedAt' | 'source' | 'model'>>(item))
    },
  )
}

export function useCallAnalysis(projectId: MaybeRefOrGetter<string>, id: MaybeRefOrGetter<string | undefined>) {
  return useRead(
    () => ['call-analyses', toValue(projectId), 'one', toValue(id)],
    async (api, signal) =>
      described<StoredAnalysis>(
        await answer(
          api.GET(record, {
            params: { path: { projectId: toValue(projectId), collection: 'call-analyses', id: toValue(id) ?? '' } },
            signal,
          }),
        ),
      ),
    { enabled: () => toValue(id) !== undefined, keep: true },
  )
}

/** Score, talk ratio and next steps of the team now and in the period before. */
export function useProgress(projectId: MaybeRefOrGetter<string>, days: MaybeRefOrGetter<number>) {
  return useRead(
    () => ['coach', toValue(projectId), 'progress', toValue(days)],
    (api, signal) =>
      answer(
        api.GET('/api/coach/progress', {
          params: { query: { projectId: toValue(projectId), days: toValue(days) } },
          signal,
        }),
      ),
    { keep: true },
  )
}

export function useObjections(projectId: MaybeRefOrGetter<string>, days: MaybeRefOrGetter<number>) {
  return useRead(
    () => ['coach', toValue(projectId), 'objections', toValue(days)],
    (api, signal) =>
      answer(
        api.GET('/api/coach/objections', {
          params: { query: { projectId: toValue(projectId), days: toValue(days) } },
          signal,
        }),
      ),
    { keep: true },
  )
}

/** Mean score of each rep by week of the call. */
export function useScoreTrend(projectId: MaybeRefOrGetter<string>, days: MaybeRefOrGetter<number>) {
  return useRead(
    () => ['aggregate', toValue(projectId), 'calls', 'score', toValue(days)],
    async (api, signal) => {
      // The browser takes a while to say in which time zone it is; the page is shown before.
      await nextTask()
      return answer(
        api.POST('/api/projects/{projectId}/collections/{collection}/aggregate', {
          params: { path: { projectId: toValue(projectId), collection: 'calls' } },
          body: {
            groupBy: 'startedAt',
            bucket: toValue(days) > 200 ? 'month' : 'week',
            measure: { function: 'avg', member: 'score' },
            splitBy: 'rep',
            where: { startedAt: { gte: new Date(Date.now() - toValue(days) * 86_400_000).toISOString() } },
            timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
          },
          signal,
        }),
      )
    },
    { keep: true },
  )
}
