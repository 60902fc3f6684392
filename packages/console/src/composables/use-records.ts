import { keepPreviousData } from '@tanstack/vue-query'
import { toValue, type MaybeRefOrGetter } from 'vue'
import type { StoredRecord } from '@/api/blueprint-types'
import { answer, apiFor, listQuery, type Api } from '@/api/client'
import type { ListRead } from '@/components/list/list-types'
import { useAct } from './use-act'
import { usePages } from './use-query'
import { useRead } from './use-read'
import { useTenant } from './use-tenant'

/** Where records live. */
export interface Place {
  projectId: string
  collection: string
}

const records = '/api/projects/{projectId}/collections/{collection}/records'
const record = '/api/projects/{projectId}/collections/{collection}/records/{id}'
export const recordKeys = (place: Place) => [
  ['records', place.projectId, place.collection],
  ['record', place.projectId, place.collection],
  ['aggregate', place.projectId, place.collection],
]

/** Filters of the address become conditions: `stage=won,lost` is `{"stage":{"in":["won","lost"]}}`. */
export const readRecords =
  (place: Place, filterable: readonly string[], fixed: Record<string, unknown> = {}): ListRead<StoredRecord> =>
  (api, { cursor, limit, sort, q, ...filters }, signal) => {
    const conditions = {
      ...fixed,
      ...Object.fromEntries(
        filterable.flatMap((member) =>
          filters[member] === undefined ? [] : [[member, { in: String(filters[member]).split(',').map(scalarOf) }]],
        ),
      ),
    }
    const query = listQuery(records, {
      cursor,
      limit,
      sort,
      q,
      ...(Object.keys(conditions).length > 0 ? { filter: JSON.stringify(conditions) } : {}),
    })
    return answer(api.GET(records, { params: { path: { ...place }, query }, signal }))
  }

function scalarOf(text: string): string | boolean {
  return text === 'true' ? true : text === 'false' ? false : text
}

export function useRecord(
  place: MaybeRefOrGetter<Place>,
  id: MaybeRefOrGetter<string>,
  options: { enabled?: () => boolean } = {},
) {
  return useRead(
    () => ['record', toValue(place).projectId, toValue(place).collection, toValue(id)],
    (api, signal) => answer(api.GET(record, { params: { path: { ...toValue(place), id: toValue(id) } }, signal })),
    options,
  )
}

export function useRecordHistory(place: Place, id: MaybeRefOrGetter<string>) {
  return useRead(
    () => ['record', place.projectId, place.collection, toValue(id), 'history'],
    (api, signal) => answer(api.GET(`${record}/history`, { params: { path: { ...place, id: toValue(id) } }, signal })),
  )
}

const removed = '/api/projects/{projectId}/collections/{collection}/removed'
/** What was removed from a collection, last removed first, page after page. @param q part of a title */
export function useRemovedRecords(place: Place, q: () => string) {
  const { client } = useTenant()
  return usePages(() => ({
    queryKey: ['tenant', client.value, 'records', place.projectId, place.collection, 'removed', q()],
    queryFn: ({ pageParam, signal, queryKey }) =>
      answer(
        apiFor(queryKey[1] as string | null).GET(removed, {
          params: {
            path: { ...place },
            query: { limit: 50, ...(q() === '' ? {} : { q: q() }), ...(pageParam ? { cursor: pageParam } : {}) },
          },
          signal,
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: keepPreviousData,
  }))
}

const at = (place: Place, id: string) => ({ params: { path: { ...place, id } } })
export const createRecord = (api: Api, place: Place, data: Record<string, unknown>) =>
  answer(api.POST(records, { params: { path: { ...place } }, body: { data } }))
export const updateRecord = (api: Api, place: Place, id: string, data: Record<string, unknown>, version: number) =>
  answer(api.PATCH(record, { ...at(place, id), body: { data, version } }))
export const restoreRecord = (api: Api, place: Place, id: string) =>
  answer(api.POST(`${record}/restore`, at(place, id)))

/** Removes a record; the message offers to bring it back. */
export function useRemoveRecord(place: Place, onDone?: () => void) {
  return useAct((api, id: string) => answer(api.DELETE(record, at(place, id))), {
    refresh: recordKeys(place).filter(([subject]) => subject !== 'record'),
    ...(onDone ? { onDone } : {}),
  })
}
