import { streamText } from 'ai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createProviderRoute } from '../operations/create-provider-route.ts'
import { getProviderCache } from '../operations/get-provider-cache.ts'
import { updateProviderRoute } from '../operations/update-provider-route.ts'
import { chatChunks, sendEvents } from '../testing/own-upstream.ts'
import { startProviderLab, type ProviderLab } from '../testing/provider-lab.ts'

let lab: ProviderLab
let routeId = ''
beforeAll(async () => {
  // Time enough also where the machine is busy.
  lab = await startProviderLab({ firstTokenMs: 10_000, idleMs: 10_000, answerMs: 10_000, totalMs: 20_000 })
  await lab.connect(lab.app.clients[0], ['own'])
  const route = await lab.app.run(
    createProviderRoute,
    { alias: 'kept', targets: [{ provider: 'own', model: 'local-chat' }], rules: { cacheSeconds: 60 } },
    lab.app.as('owner', lab.app.clients[0]),
  )
  routeId = route.id
})
afterAll(() => lab.stop())

type CacheControl = 'no-cache' | 'no-store'

async function stream(prompt: string, cacheControl: CacheControl | null = null) {
  const { ctx } = lab
  const run = await ctx.services.runs.start(ctx, { kind: 'chat', title: 'kept' })
  const model = await ctx.services.providers.languageModel(ctx, { model: 'kept', run, cacheControl })
  const { textStream } = streamText({
    model,
    prompt,
    maxRetries: 0,
    onError: () => undefined,
  })
  let text = ''
  for await (const piece of textStream) text += piece
  await run.end('ok')
  return { text, answered: model.answered(), run: await lab.runOf(run.id), attempts: await lab.attemptsOf(run.id) }
}

test('a kept answer streams again, costs nothing, and the journal says that it was kept', async () => {
  lab.own.answer = (_request, response) =>
    void sendEvents(response, chatChunks(['Nine ', 'to five.'], { finish: 'stop', done: true }), 'end')
  const asked = lab.own.requests.length
  const fresh = await stream('When are you open?')
  const again = await stream('When are you open?')
  expect(fresh).toMatchObject({ text: 'Nine to five.', answered: { source: 'fresh', cache: null } })
  expect(again).toMatchObject({
    text: 'Nine to five.',
    answered: { source: 'cached', provider: 'own', cache: { kind: 'exact' } },
    run: { costMicros: 0, costComplete: true },
  })
  expect(again.attempts).toMatchObject([{ source: 'cached', outcome: 'ok', costMicros: 0 }])
  expect(lab.own.requests).toHaveLength(asked + 1)
})

test('an answer that was cut is not given again', async () => {
  lab.own.answer = (_request, response) => void sendEvents(response, chatChunks(['Half of']), 'end')
  const first = await stream('What is the whole of it?')
  expect(first.text).toBe('Half of')
  lab.own.answer = (_request, response) =>
    void sendEvents(response, chatChunks(['All of it.'], { finish: 'stop', done: true }), 'end')
  expect(await stream('What is the whole of it?')).toMatchObject({ text: 'All of it.', answered: { source: 'fresh' } })
})

test('identical streams at the same time ask the provider once', async () => {
  const asked = lab.own.requests.length
  lab.own.answer = (_request, response) =>
    void setTimeout(
      () => void sendEvents(response, chatChunks(['For all.'], { finish: 'stop', done: true }), 'end'),
      200,
    )
  const all = await Promise.all(Array.from({ length: 8 }, () => stream('Who is asking?')))
  expect(all.map(({ text }) => text)).toEqual(Array.from({ length: 8 }, () => 'For all.'))
  expect(lab.own.requests).toHaveLength(asked + 1)
})

test('what was saved is shown by route', async () => {
  await expect
    .poll(async () => (await lab.app.run(getProviderCache, {}, lab.app.as('viewer', lab.app.clients[0]))).items)
    .toMatchObject([{ alias: 'kept', answers: 3, hits: 8 }])
  expect((await lab.app.run(getProviderCache, {}, lab.app.as('viewer', lab.app.clients[1]))).items).toEqual([])
})

const says = (words: string) => {
  lab.own.answer = (_request, response) =>
    void sendEvents(response, chatChunks([words], { finish: 'stop', done: true }), 'end')
}

test('who sends no-store is given nothing that was kept, and what they get is not kept', async () => {
  says('Kept.')
  await stream('Is this kept?')
  says('For nobody else.')
  expect(await stream('Is this kept?', 'no-store')).toMatchObject({ text: 'For nobody else.' })
  expect(await stream('Is this kept?')).toMatchObject({ text: 'Kept.', answered: { source: 'cached' } })
  expect(await stream('And this?', 'no-store')).toMatchObject({ text: 'For nobody else.' })
  says('Asked anew.')
  expect(await stream('And this?')).toMatchObject({ text: 'Asked anew.', answered: { source: 'fresh' } })
})

test('a route that was changed does not answer from before the change', async () => {
  says('Of the old targets.')
  await stream('Who answers now?')
  expect((await stream('Who answers now?')).answered).toMatchObject({ source: 'cached' })
  await lab.app.run(
    updateProviderRoute,
    { id: routeId, targets: [{ provider: 'own', model: 'other-chat' }] },
    lab.app.as('owner', lab.app.clients[0]),
  )
  says('Of the new ones.')
  expect(await stream('Who answers now?')).toMatchObject({
    text: 'Of the new ones.',
    answered: { source: 'fresh', model: 'other-chat' },
  })
})

test('when nobody answers, an earlier answer is given to who sends no-cache, and none to who sends no-store', async () => {
  says('Of yesterday.')
  await stream('Anybody there?', 'no-cache')
  lab.own.answer = (_request, response) => void response.writeHead(500).end()
  expect(await stream('Anybody there?', 'no-cache')).toMatchObject({ text: 'Of yesterday.' })
  expect((await stream('Anybody there?', 'no-store')).text).toBe('')
})
