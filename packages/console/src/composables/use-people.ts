import { answer } from '@/api/client'
import { useRead } from './use-read'

export const useMembers = () => useRead(['members'], (api, signal) => answer(api.GET('/api/members', { signal })))

export const useInvitations = (enabled: () => boolean) =>
  useRead(
    ['invitations'],
    (api, signal) => answer(api.GET('/api/invitations', { params: { query: { limit: 200 } }, signal })),
    { enabled },
  )

export const useApiKeys = (enabled: () => boolean) =>
  useRead(
    ['api-keys'],
    (api, signal) => answer(api.GET('/api/api-keys', { params: { query: { limit: 200 } }, signal })),
    { enabled },
  )

export const useGrants = (enabled: () => boolean) =>
  useRead(['grants'], (api, signal) => answer(api.GET('/api/grants', { signal })), { enabled })
