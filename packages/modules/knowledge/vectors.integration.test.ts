import type { Context } from '@guildhall/kernel'
import { runs, runSteps } from '@guildhall/modules/runs'
import { and, count, eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { embedSource } from './jobs/embed-source.ts'
import { getSource } from './operations/get-source.ts'
import { retrySource } from './operations/retry-source.ts'
import { searchKnowledge } from './operations/search-knowledge.ts'
import { chunkEmbeddings } from './schema.ts'
import { conceptEmbedder, type Embedder } from './testing/fake-gateway.ts'
import {
  addText,
  newBase,
  settled,
  sourceOf,
  startKnowledge,
  type KnowledgeRuntime,
} from './testing/start-knowledge.ts'

const concepts = [
  ['car', 'automobile', 'vehicle'],
  ['physician', 'doctor', 'surgery'],
  ['bread', 'loaf', 'bakery'],
]
const byMeaning = conceptEmbedder('test/concepts', concepts)
const broken: Embedder = { model: 'test/concepts', embed: () => Promise.reject(new Error('502 from the provider')) }

let app: KnowledgeRuntime
let ctx: Context
let base: string
let number = 0
beforeAll(async () => {
  app = await startKnowledge()
  ctx = app.context(app.as('member', app.clients[0]))
})
beforeEach(async () => {
  app.embedder.current = byMeaning
  base = await newBase(ctx, `base-${++number}`)
})
afterAll(() => app.stop())

const caller = () => app.as('member', app.clients[0])
const search = (query: string) => app.run(searchKnowledge, { query, baseIds: [base] }, caller())
const withVectors = (id: string, state: string) =>
  vi.waitFor(
    async () => {
      const source = await sourceOf(ctx, id)
      expect(source).toMatchObject({ state: 'ready', vectors: state })
      return source
    },
    { timeout: 15_000, interval: 30 },
  )
const vectorsOf = async (sourceId: string) => {
  const [row] = await ctx.transaction((tx) =>
    tx.db
      .select({ vectors: count() })
      .from(chunkEmbeddings)
      .where(and(eq(chunkEmbeddings.tenantId, tx.tenant.id), eq(chunkEmbeddings.sourceId, sourceId))),
  )
  return row?.vectors
}
const runsOf = (kind: string) =>
  ctx.transaction((tx) =>
    tx.db
      .select()
      .from(runs)
      .where(and(eq(runs.tenantId, tx.tenant.id), eq(runs.kind, kind))),
  )

/** Sections large enough to be passages of their own. */
const sections = (amount: number, about: (section: number) => string) =>
  Array.from({ length: amount }, (_, section) => `# Part ${section}\n\n${`${about(section)} `.repeat(60)}`).join('\n\n')

describe('with a provider that embeds', () => {
  it('a question in other words finds what words alone do not', async () => {
    const car = await addText(ctx, base, 'Fleet', 'Every vehicle is cleaned on Monday.')
    await addText(ctx, base, 'Kitchen', 'The loaf is baked before sunrise.')
    app.embedder.current = null
    await settled(ctx, car)
    expect((await search('automobile')).passages).toEqual([])
    app.embedder.current = byMeaning
    await search('automobile')
    await withVectors(car, 'ready')
    const found = await search('automobile')
    expect(found).toMatchObject({ mode: 'hybrid', reason: null })
    expect(found.passages[0]).toMatchObject({ sourceId: car, title: 'Fleet', matchedBy: ['vector'] })
  })

  it('what is found both ways comes first', async () => {
    const wordsOnly = await addText(ctx, base, 'A', 'Opening hours of the museum: nine to five.')
    const both = await addText(ctx, base, 'B', 'Opening hours of the surgery: eight to noon.')
    // Half as close as the best by meaning, and not found by words.
    const between = await addText(ctx, base, 'C', 'A physician drives an automobile.')
    for (const id of [wordsOnly, both, between]) await withVectors(id, 'ready')
    const { passages } = await search('opening hours of the doctor')
    expect(passages[0]).toMatchObject({ sourceId: both, matchedBy: ['text', 'vector'] })
    expect(passages[0]?.score).toBeGreaterThan(passages[1]?.score ?? 1)
  })

  it('the journal shows reading and search as runs, and the search as a retrieval step with its facts', async () => {
    const id = await addText(ctx, base, 'Bakery rules', 'The bakery opens at six.')
    await withVectors(id, 'ready')
    const { passages } = await search('loaf')
    const ingestion = (await runsOf('ingestion')).find((run) => run.title === 'Bakery rules')
    expect(ingestion).toMatchObject({ status: 'ok' })
    const run = (await runsOf('search')).find((each) => each.title === 'loaf')
    const steps = await ctx.transaction((tx) =>
      tx.db
        .select()
        .from(runSteps)
        .where(eq(runSteps.runId, run?.id ?? '')),
    )
    expect(steps.find((step) => step.kind === 'retrieval')).toMatchObject({
      name: 'knowledge',
      status: 'ok',
      facts: { mode: 'hybrid', model: 'test/concepts', byVector: 1, passages: passages.length },
    })
  })

  it('a search inside another run is a step of that run', async () => {
    const id = await addText(ctx, base, 'Bakery rules', 'The bakery opens at six.')
    await withVectors(id, 'ready')
    const { value, totals } = await ctx.services.runs.record(ctx, { kind: 'chat', title: 'A question' }, (run) =>
      ctx.services.knowledge.search(ctx, { query: 'bakery', baseIds: [base], run }),
    )
    expect(value).toHaveLength(1)
    const steps = await ctx.transaction((tx) => tx.db.select().from(runSteps).where(eq(runSteps.runId, totals.runId)))
    expect(steps.map((step) => step.kind).toSorted()).toEqual(['model', 'retrieval'])
  })

  it('reading the same content again asks for no vector twice', async () => {
    const id = await addText(ctx, base, 'Cars', 'A car has four wheels.')
    await withVectors(id, 'ready')
    const embed = vi.spyOn(byMeaning, 'embed')
    await app.run(retrySource, { id }, caller())
    await settled(ctx, id)
    await withVectors(id, 'ready')
    expect(embed).not.toHaveBeenCalled()
    embed.mockRestore()
  })

  it('removing a source removes its vectors, and a search finds it no more', async () => {
    const id = await addText(ctx, base, 'Cars', 'A car has four wheels.')
    await withVectors(id, 'ready')
    expect((await search('automobile')).passages).toHaveLength(1)
    await ctx.transaction((tx) => tx.services.knowledge.removeSource(tx, id))
    expect(await vectorsOf(id)).toBe(0)
    expect((await search('automobile')).passages).toEqual([])
  })
})

describe('without a provider', () => {
  it('nothing is written to the journal, and the source says that it is found by its words', async () => {
    app.embedder.current = null
    const before = [(await runsOf('ingestion')).length, (await runsOf('search')).length]
    const id = await addText(ctx, base, 'Cars', 'A car has four wheels.')
    await withVectors(id, 'none')
    const found = await search('How many wheels has a car?')
    expect(found).toMatchObject({ mode: 'text', reason: expect.stringContaining('embeds') })
    expect(found.passages).toHaveLength(1)
    expect([(await runsOf('ingestion')).length, (await runsOf('search')).length]).toEqual(before)
    expect(await app.run(getSource, { id }, caller())).toMatchObject({
      vectors: { state: 'none', model: null },
      passages: [{ ordinal: 0, vector: false, preview: 'A car has four wheels.' }],
    })
  })
})

describe('when the provider fails', () => {
  it('the document is ready by its words, and its vectors follow with a later attempt', async () => {
    app.embedder.current = broken
    const id = await addText(ctx, base, 'Cars', 'A car has four wheels.')
    await settled(ctx, id)
    expect((await search('wheels')).passages).toHaveLength(1)
    await vi.waitFor(
      async () =>
        expect((await runsOf('ingestion')).map((run) => [run.title, run.status])).toContainEqual(['Cars', 'failed']),
      { timeout: 10_000 },
    )
    app.embedder.current = byMeaning
    await withVectors(id, 'ready')
  })

  it('the search says why it was by words alone', async () => {
    const id = await addText(ctx, base, 'Cars', 'A car has four wheels.')
    await withVectors(id, 'ready')
    app.embedder.current = broken
    const found = await search('wheels')
    expect(found).toMatchObject({ mode: 'text', reason: 'The embedding provider did not answer' })
    expect(found.passages).toHaveLength(1)
  })

  it('for good, the source carries the reason, and a search that can embed queues it again', async () => {
    app.embedder.current = null
    const id = await addText(ctx, base, 'Cars', 'A car has four wheels.')
    await withVectors(id, 'none')
    await embedSource.failed?.({ sourceId: id }, new Error('502'), ctx)
    expect(await sourceOf(ctx, id)).toMatchObject({ vectors: 'failed', vectorReason: expect.stringContaining('502') })
    app.embedder.current = byMeaning
    await search('wheels')
    expect(await withVectors(id, 'ready')).toMatchObject({ vectorModel: 'test/concepts', vectorReason: null })
  })

  it('in the middle, the vectors that were paid for stay', async () => {
    const sizes: number[] = []
    app.embedder.current = {
      model: 'test/concepts',
      embed: (texts) => {
        // What earlier tests left behind may be embedded meanwhile.
        if (texts.every((text) => text.startsWith('Long')) && sizes.push(texts.length) === 2)
          throw new Error('502 from the provider')
        return byMeaning.embed(texts)
      },
    }
    const id = await addText(
      ctx,
      base,
      'Long',
      sections(40, (section) => `Part ${section} is about the car.`),
    )
    const { chunkCount } = await withVectors(id, 'ready')
    expect(chunkCount).toBeGreaterThan(32)
    expect(await vectorsOf(id)).toBe(chunkCount)
    expect(sizes).toEqual([32, chunkCount - 32, chunkCount - 32])
  })
})

it('another embedding model gets vectors of its own; the first ones stay', async () => {
  const id = await addText(ctx, base, 'Cars', 'A car has four wheels.')
  await withVectors(id, 'ready')
  app.embedder.current = conceptEmbedder('test/other', concepts.slice(0, 2))
  expect(await search('automobile')).toMatchObject({ mode: 'text', passages: [] })
  await vi.waitFor(async () => expect((await sourceOf(ctx, id)).vectorModel).toBe('test/other'), { timeout: 10_000 })
  expect((await search('automobile')).passages).toHaveLength(1)
  expect(await vectorsOf(id)).toBe(2)
  app.embedder.current = byMeaning
  expect((await search('automobile')).passages).toHaveLength(1)
})
