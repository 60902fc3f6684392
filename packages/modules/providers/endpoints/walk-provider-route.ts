import { endpoint, notFound } from '@guildhall/kernel'
import { z } from 'zod'
import type { WalkEvent } from '../routes/walk-route.ts'
import { eventStreamHeaders, frame } from '../surface/event-stream.ts'
import { readJson } from '../surface/read-json.ts'

const Question = z.object({ question: z.string().trim().min(1).max(2000) })

/** Each event is the JSON of a `WalkEvent`: `start`, `asking`, `attempt`, `text`, `end`. */
export const walkProviderRoute = endpoint({
  name: 'provider-routes.walk',
  summary: 'Ask a route and watch: who is passed over, who fails and how, who answers, as it happens',
  route: 'POST /api/provider-routes/{id}/walk',
  permission: 'providers:use',
  request: { contentType: 'application/json', schema: Question },
  response: { contentType: 'text/event-stream' },
  async run(request, ctx, params) {
    const { question } = await readJson(request, Question)
    const { providerAdministration } = ctx.services
    const id = params['id'] ?? ''
    const route = (await providerAdministration.routes(ctx)).find((candidate) => candidate.id === id)
    if (!route) throw notFound('route', id)
    const left = new AbortController()
    const signal = AbortSignal.any([ctx.signal, left.signal])
    const encoder = new TextEncoder()
    const body = new ReadableStream<Uint8Array>({
      async start(controller) {
        const tell = (event: WalkEvent) => {
          if (!signal.aborted) controller.enqueue(encoder.encode(frame(JSON.stringify(event))))
        }
        try {
          await providerAdministration.walkRoute(ctx, route, question, { tell, signal })
          controller.close()
        } catch (error) {
          if (!signal.aborted) controller.error(error)
        }
      },
      cancel: (reason) => left.abort(reason),
    })
    return new Response(body, { headers: eventStreamHeaders })
  },
})
