import { answer } from '@/api/client'
import { useRead } from './use-read'

export const useProviders = () => useRead(['providers'], (api, signal) => answer(api.GET('/api/providers', { signal })))

export const useProviderChain = () =>
  useRead(['provider-chain'], (api, signal) => answer(api.GET('/api/provider-chain', { signal })))
