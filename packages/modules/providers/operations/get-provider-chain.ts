import { operation } from '@guildhall/kernel'
import { z } from 'zod'
import { Chain } from '../provider-output.ts'

export const getProviderChain = operation({
  name: 'provider-chain.get',
  summary: 'In which order models are asked',
  description:
    'Before the first token the next target takes over unseen. After the last one come the tenant’s own earlier answer to the same request, then the built-in extractive answerer, both marked.',
  route: 'GET /provider-chain',
  permission: 'providers:read',
  input: z.object({}),
  output: Chain,
  external: true,
  async run(_input, ctx) {
    const { targets, source } = await ctx.services.providerAdministration.chain(ctx)
    return { targets, source, inherited: source === 'agency' }
  },
})
