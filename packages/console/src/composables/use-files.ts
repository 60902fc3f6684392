import { toValue, type MaybeRefOrGetter } from 'vue'
import { answer, listQuery } from '@/api/client'
import type { StoredFile } from '@/api/types'
import type { ListRead } from '@/components/list/list-types'
import { useRead } from './use-read'

/** Seconds that a link made for this page works: as long as somebody may stay on it. */
const stay = 6 * 3600

export const readFiles: ListRead<StoredFile> = (api, parameters, signal) =>
  answer(api.GET('/api/files', { params: { query: listQuery('/api/files', parameters) }, signal }))

/** A signed link to a file, for elements of the page that load it themselves. */
export function useFileLink(id: MaybeRefOrGetter<string>, options: { enabled?: () => boolean } = {}) {
  return useRead(
    () => ['file-link', toValue(id)],
    (api, signal) =>
      answer(
        api.POST('/api/files/{id}/link', { params: { path: { id: toValue(id) } }, body: { seconds: stay }, signal }),
      ),
    options,
  )
}
