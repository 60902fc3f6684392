import { Id, notFound, operation } from '@guildhall/kernel'
import { z } from 'zod'

const RouteTest = z.object({
  runId: z.uuid().nullable().describe('The run that shows each call; null = nobody could be asked'),
  wouldAnswer: z
    .object({ provider: z.string(), model: z.string() })
    .nullable()
    .describe('Who would answer a call that begins now: the first in order that answered; null = nobody'),
  targets: z.array(
    z.object({
      provider: z.string(),
      model: z.string(),
      rank: z.int(),
      weight: z.number(),
      ok: z.boolean(),
      ms: z.int().describe('Milliseconds of the whole answer'),
      costMicros: z.number().nullable().describe('USD micro-units of this test; null = price unknown'),
      detail: z.string().describe('What was answered, or why it was not'),
      coolingMs: z.int().describe('Milliseconds until it would be asked again when the test began; 0 = at once'),
    }),
  ),
})

export const testProviderRoute = operation({
  name: 'provider-routes.test',
  summary: 'Ask every target of a route something tiny, and see who would answer',
  description:
    'Each target is asked once and at the same time, past its cooldown, which ends where it answers. Costs a few tokens, which the run shows.',
  route: 'POST /provider-routes/{id}/test',
  permission: 'providers:use',
  input: z.object({ id: Id }),
  output: RouteTest,
  tool: false,
  external: true,
  async run({ id }, ctx) {
    const { providerAdministration } = ctx.services
    const route = (await providerAdministration.routes(ctx)).find((candidate) => candidate.id === id)
    if (!route) throw notFound('route', id)
    return providerAdministration.testRoute(ctx, route)
  },
})
