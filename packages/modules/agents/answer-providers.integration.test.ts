import { LLMock } from '@copilotkit/aimock'
import { defineModule, operation } from '@guildhall/kernel'
import { startTestRuntime, type TestRuntime } from '@guildhall/kernel/testing'
import { filesModule } from '@guildhall/modules/files'
import { knowledgeModule } from '@guildhall/modules/knowledge'
import { providersModule } from '@guildhall/modules/providers'
import { ledgerModule } from '@guildhall/modules/ledger'
import { limitsModule } from '@guildhall/modules/limits'
import { runAttempts, runsModule } from '@guildhall/modules/runs'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { agentsModule } from './index.ts'
import { createAgent } from './operations/create-agent.ts'
import { createChat } from './operations/create-chat.ts'
import { getChat } from './operations/get-chat.ts'
import { publishAgent } from './operations/publish-agent.ts'
import { validateAgent } from './operations/validate-agent.ts'
import { chatClient, dataOf, read, textOf } from './testing/chat-client.ts'

// The whole way with the real modules; only the provider's server is a stand-in, which we did not write.

const upstream = new LLMock({ port: 0 })
const anything = /[\s\S]*/
const usage = { prompt_tokens: 50, completion_tokens: 7, total_tokens: 57 }
const stock = operation({
  name: 'stock.count',
  summary: 'Count the stock of an article',
  route: 'GET /stock',
  permission: 'stock:read',
  input: z.object({ article: z.string() }),
  output: z.object({ pieces: z.int() }),
  run: async () => ({ pieces: 12 }),
})

let app: TestRuntime
let base: string
beforeAll(async () => {
  await upstream.start()
  app = await startTestRuntime({
    modules: [
      ledgerModule,
      limitsModule,
      runsModule,
      providersModule,
      filesModule(),
      knowledgeModule,
      defineModule({ name: 'stock', operations: [stock] }),
      agentsModule,
    ],
    env: { GUILDHALL_PRIVATE_HOSTS: new URL(upstream.url).host },
    worker: true,
  })
  for (const tenant of app.clients) {
    const ctx = app.context(app.as('owner', tenant))
    const made = await ctx.transaction(async (tx) => {
      const { id: baseId } = await tx.services.knowledge.ensureBase(tx, { key: 'shop', title: 'Shop' })
      const secret = `The code word of ${tenant.slug} is ${tenant.slug === 'alpha' ? 'bluebird' : 'nightjar'}.`
      const text = `# Prices\n\nA haircut costs 25 euros. A shave costs 15 euros.\n\n# Secrets\n\n${secret}`
      await tx.services.knowledge.addText(tx, { baseId, title: 'Price list', text })
      return baseId
    })
    if (tenant.slug === 'alpha') base = made
    await vi.waitFor(async () => {
      const found = await ctx.services.knowledge.search(ctx, { query: 'haircut', baseIds: [made] })
      if (found.length === 0) throw new Error('the document is not read yet')
    }, 20_000)
  }
}, 60_000)
afterAll(async () => {
  await app.stop()
  await upstream.stop()
})
beforeEach(() => {
  upstream.reset()
})

const member = () => app.as('member', app.clients[0])

async function connect(): Promise<void> {
  const connecting = app.runtime.catalogue.operations.get('providers.connect')
  if (!connecting) throw new Error('providers.connect is missing')
  const input = {
    kind: 'openai-compatible',
    slug: 'lab',
    apiKey: 'lab-key-1234',
    baseUrl: `${upstream.url}/v1`,
    models: ['lab-model'],
  }
  await app.runtime.execute(connecting, input, { caller: app.as('owner', app.clients[0]) })
}

async function chatWith(draft: NonNullable<z.input<typeof createAgent.input>['draft']>): Promise<string> {
  const made = await app.run(
    createAgent,
    { name: 'Clerk', draft: { instructions: 'Answer for the shop.', knowledgeBaseIds: [base], ...draft } },
    member(),
  )
  await app.run(publishAgent, { id: made.id }, app.as('admin', app.clients[0]))
  return (await app.run(createChat, { agentId: made.id }, member())).id
}

async function attemptsOf(message: Parameters<typeof dataOf>[0]) {
  const { runId } = z.object({ runId: z.string() }).parse(dataOf(message, 'run'))
  return app
    .context(member())
    .transaction(({ db }) => db.select().from(runAttempts).where(eq(runAttempts.runId, runId)))
}

test('without any provider the answer is a quotation of the agent’s own documents, cited, at no cost', async () => {
  const id = await chatWith({})
  const { message } = await read(await chatClient(app, member()).ask(id, 'What does a haircut cost?'))
  expect(textOf(message)).toBe('A haircut costs 25 euros. [1]')
  expect(dataOf(message, 'citations')).toMatchObject({
    items: [{ marker: 1, title: 'Price list', headingPath: ['Prices'], quote: 'A haircut costs 25 euros.' }],
  })
  expect(dataOf(message, 'notices')).toMatchObject({ items: [{ kind: 'extractive' }] })
  expect(dataOf(message, 'run')).toMatchObject({
    source: 'extractive',
    provider: 'guildhall',
    costMicros: 0,
    costComplete: true,
    fallbackReason: 'no_provider',
    grounded: true,
  })
})

test('without any provider and without a passage it says what is missing', async () => {
  const id = await chatWith({ knowledgeBaseIds: [] })
  const { message } = await read(await chatClient(app, member()).ask(id, 'What does a haircut cost?'))
  expect(textOf(message)).toContain('no language model is set up')
  expect(await attemptsOf(message)).toEqual([])
})

test('what another tenant knows is out of reach, even by the id of its knowledge', async () => {
  const stranger = app.as('member', app.clients[1])
  const made = await app.run(
    createAgent,
    { name: 'Spy', draft: { instructions: 'Find the code word.', knowledgeBaseIds: [base] } },
    stranger,
  )
  const { problems } = await app.run(validateAgent, { id: made.id }, stranger)
  expect(problems).toMatchObject([{ field: 'knowledgeBaseIds.0' }])
  const { id } = await app.run(createChat, { agentId: made.id, draft: true }, stranger)
  const { message } = await read(await chatClient(app, stranger).ask(id, 'What is the code word of alpha?'))
  expect(JSON.stringify(message)).not.toContain('bluebird')
})

test('a provider answers with citations that stand in the documents, with tokens', async () => {
  await connect()
  upstream.onMessage(anything, { content: 'A haircut is 25 euros [1], and a hat is free [9].', usage })
  const id = await chatWith({})
  const { message } = await read(await chatClient(app, member()).ask(id, 'What does a haircut cost, please?'))
  expect(textOf(message)).toBe('A haircut is 25 euros [1], and a hat is free.')
  expect(dataOf(message, 'citations')).toMatchObject({ items: [{ quote: 'A haircut costs 25 euros.' }] })
  expect(dataOf(message, 'run')).toMatchObject({
    provider: 'lab',
    model: 'lab-model',
    source: 'fresh',
    tokensIn: 50,
    tokensOut: 7,
    costComplete: false,
  })
  const sent = upstream.getRequests().at(-1)?.body
  expect(JSON.stringify(sent)).toContain('<passages-')
})

test('a provider calls a tool and answers with what it returned', async () => {
  await connect()
  let calls = 0
  upstream.onMessage(anything, () =>
    ++calls === 1
      ? { toolCalls: [{ name: 'stock__count', arguments: '{"article":"comb"}' }] }
      : { content: 'There are 12 combs.', usage },
  )
  const id = await chatWith({ knowledgeBaseIds: [], tools: ['stock.count'] })
  const { message, errors } = await read(await chatClient(app, member()).ask(id, 'How many combs are there?'))
  expect(errors).toEqual([])
  expect(textOf(message)).toBe('There are 12 combs.')
  expect(message.parts.find((part) => part.type === 'tool-stock__count')).toMatchObject({
    input: { article: 'comb' },
    output: { pieces: 12 },
  })
  expect(await attemptsOf(message)).toHaveLength(2)
})

test('when the provider is down the answer is the own documents’, and says why', async () => {
  await connect()
  upstream.onMessage(anything, { error: { message: 'boom', type: 'test' }, status: 500 })
  const id = await chatWith({})
  const { message } = await read(await chatClient(app, member()).ask(id, 'How much is a shave?'))
  expect(textOf(message)).toContain('A shave costs 15 euros. [1]')
  expect(dataOf(message, 'run')).toMatchObject({ source: 'extractive', fallbackReason: 'server_error' })
  const attempts = await attemptsOf(message)
  expect(attempts.map((attempt) => attempt.provider)).toContain('lab')
})

test('an answer that is cut off keeps what came, and says in plain words that it broke off', async () => {
  await connect()
  const content = 'This answer is going to be cut off somewhere in the middle of it.'
  upstream.onMessage(anything, { content }, { truncateAfterChunks: 3, latency: 10, chunkSize: 8 })
  const id = await chatWith({})
  const { message, errors } = await read(await chatClient(app, member()).ask(id, 'Tell me about shaving, will you?'))
  expect(errors.join()).toMatch(/broke off/)
  const said = textOf(message)
  expect(said.length).toBeGreaterThan(0)
  expect(content.startsWith(said)).toBe(true)
  const [, answer] = (await app.run(getChat, { id }, member())).messages
  expect(answer?.metadata).toMatchObject({ status: 'failed', error: expect.stringContaining('broke off') })
})
