import { operation } from '@guildhall/kernel'
import { z } from 'zod'
import { ProviderSlug } from '../provider-output.ts'

export const testProvider = operation({
  name: 'providers.test',
  summary: 'Try a provider with one tiny real call',
  description:
    'Costs a few tokens, which its run shows. An inherited key can be tried too; its owner’s details stay hidden.',
  route: 'POST /providers/{kind}/test',
  permission: 'providers:use',
  input: z.object({ kind: ProviderSlug }),
  output: z.object({
    ok: z.boolean(),
    latencyMs: z.int(),
    detail: z.string(),
    model: z.string().nullable(),
    runId: z.uuid().nullable(),
  }),
  tool: false,
  external: true,
  run: ({ kind }, ctx) => ctx.services.providerAdministration.test(ctx, kind),
})
