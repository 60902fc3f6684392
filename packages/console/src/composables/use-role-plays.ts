import { toValue, type MaybeRefOrGetter } from 'vue'
import { described, type StoredRolePlay } from '@/api/coach-types'
import { answer } from '@/api/client'
import { useRead } from './use-read'

const records = '/api/projects/{projectId}/collections/{collection}/records'

export const rolePlayKeys = (projectId: string) => [
  ['records', projectId, 'role-plays'],
  ['record', projectId, 'role-plays'],
]

/** Role-plays of the team, newest first, without their words. */
export function useRolePlays(projectId: MaybeRefOrGetter<string>, q: MaybeRefOrGetter<string>) {
  return useRead(
    () => ['records', toValue(projectId), 'role-plays', toValue(q)],
    async (api, signal) => {
      const page = await answer(
        api.GET(records, {
          params: {
            path: { projectId: toValue(projectId), collection: 'role-plays' },
            query: {
              sort: '-startedAt',
              limit: 100,
              members: 'title,rep,status,difficulty,startedAt,score,persona',
              ...(toValue(q) ? { q: toValue(q) } : {}),
            },
          },
          signal,
        }),
      )
      return {
        total: page.total,
        items: page.items.map((item) => described<Omit<StoredRolePlay, 'turns' | 'result'>>(item)),
      }
    },
    { keep: true },
  )
}

export function useRolePlay(projectId: MaybeRefOrGetter<string>, id: MaybeRefOrGetter<string>) {
  return useRead(
    () => ['record', toValue(projectId), 'role-plays', toValue(id)],
    async (api, signal) =>
      described<StoredRolePlay>(
        await answer(
          api.GET(`${records}/{id}`, {
            params: { path: { projectId: toValue(projectId), collection: 'role-plays', id: toValue(id) } },
            signal,
          }),
        ),
      ),
  )
}
