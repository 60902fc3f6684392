import { toValue, type MaybeRefOrGetter } from 'vue'
import { answer, listQuery } from '@/api/client'
import type { Source } from '@/api/types'
import type { ListRead } from '@/components/list/list-types'
import { useRead } from './use-read'

export const useKnowledgeBases = () =>
  useRead(['knowledge'], (api, signal) =>
    answer(api.GET('/api/knowledge', { params: { query: { limit: 200 } }, signal })),
  )

export const readSources =
  (baseId: string): ListRead<Source> =>
  (api, parameters, signal) =>
    answer(
      api.GET('/api/knowledge/{baseId}/sources', {
        params: { path: { baseId }, query: listQuery('/api/knowledge/{baseId}/sources', parameters) },
        signal,
      }),
    )

/** One source; read again while it is being read. */
export function useSource(id: MaybeRefOrGetter<string>) {
  return useRead(
    () => ['source', toValue(id)],
    (api, signal) => answer(api.GET('/api/knowledge/sources/{id}', { params: { path: { id: toValue(id) } }, signal })),
    { refresh: (last) => (last?.state === 'queued' || last?.state === 'reading' ? 1000 : false) },
  )
}

interface Place {
  id: string
  passageId?: string | undefined
  start?: number | undefined
  end?: number | undefined
}

/** Text of a source around a passage, with the place of the quoted words. */
export function useSourceText(place: MaybeRefOrGetter<Place>) {
  return useRead(
    () => ['source-text', toValue(place)],
    (api, signal) => {
      const { id, ...query } = toValue(place)
      return answer(api.GET('/api/knowledge/sources/{id}/content', { params: { path: { id }, query }, signal }))
    },
  )
}
