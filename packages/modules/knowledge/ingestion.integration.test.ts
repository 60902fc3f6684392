import { jobs, startWorker, type Context } from '@guildhall/kernel'
import { and, count, eq } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { ingestSource } from './jobs/ingest-source.ts'
import { listSources } from './operations/list-sources.ts'
import { readSource } from './operations/read-source.ts'
import { retrySource } from './operations/retry-source.ts'
import { parseInWorker } from './parsing/parse-in-worker.ts'
import { writeDocx } from './parsing/testing/office-writer.ts'
import { writePdf } from './parsing/testing/pdf-writer.ts'
import { chunkTerms, knowledgeChunks, knowledgeSources } from './schema.ts'
import {
  addFile,
  addText,
  newBase,
  settled,
  sourceOf,
  startKnowledge,
  storeFile,
  type KnowledgeRuntime,
} from './testing/start-knowledge.ts'

vi.mock('./parsing/parse-in-worker.ts', { spy: true })

let app: KnowledgeRuntime
let ctx: Context
let base: string
beforeAll(async () => {
  app = await startKnowledge()
  ctx = app.context(app.as('member', app.clients[0]))
  base = await newBase(ctx, 'handbook')
})
afterEach(() => vi.restoreAllMocks())
afterAll(() => app.stop())

const member = () => app.as('member', app.clients[0])
const chunksOf = (sourceId: string) =>
  ctx.transaction((tx) =>
    tx.db
      .select()
      .from(knowledgeChunks)
      .where(and(eq(knowledgeChunks.tenantId, tx.tenant.id), eq(knowledgeChunks.sourceId, sourceId)))
      .orderBy(knowledgeChunks.ordinal),
  )
const search = (query: string, baseIds = [base]) => ctx.services.knowledge.search(ctx, { query, baseIds })

/** Pages of different sentences, so that each is found by its own words. */
function book(pages: number): Uint8Array {
  return writePdf({
    pages: Array.from({ length: pages }, (_, page) =>
      Array.from({ length: 30 }, (_line, line) => `Page ${page + 1} line ${line + 1} tells about subject${page + 1}.`),
    ),
  })
}

describe('a document', () => {
  it('of several pages is read, found, and cited with its page', async () => {
    const file = await storeFile(
      ctx,
      'rules.pdf',
      writePdf({
        title: 'House rules',
        pages: [
          [
            { text: 'Opening hours', size: 20 },
            { text: 'We are open from Tuesday to Saturday.', gap: 1 },
          ],
          [
            { text: 'Guarantee', size: 20 },
            { text: 'A repair is guaranteed for eleven months.', gap: 1 },
          ],
        ],
      }),
    )
    const source = await settled(ctx, await addFile(ctx, base, file))
    expect(source).toMatchObject({ state: 'ready', title: 'House rules', pages: 2, stage: null, reason: null })
    const [passage] = await search('How long is the guarantee on repairs?')
    expect(passage).toMatchObject({ sourceId: source.id, title: 'House rules', matchedBy: ['text'] })
    const at = passage?.text.indexOf('eleven months') ?? -1
    const content = await app.run(
      readSource,
      { id: source.id, passageId: passage?.id ?? '', start: at, end: at + 'eleven months'.length },
      member(),
    )
    expect(content.text.slice(content.quote?.start, content.quote?.end)).toBe('eleven months')
    expect(content.marks.findLast((mark) => mark.offset <= (content.quote?.start ?? 0))).toMatchObject({ page: 2 })
    expect(content.source).toMatchObject({ fileId: file, title: 'House rules' })
  })

  it('in Word or Markdown keeps its headings', async () => {
    const word = await storeFile(
      ctx,
      'terms.docx',
      writeDocx([{ heading: 1, text: 'Terms' }, { heading: 2, text: 'Cancelling' }, 'Write three weeks ahead.']),
    )
    const markdown = await storeFile(ctx, 'team.md', '# Team\n\n## Zoological care\n\nMs. Okafor feeds the iguana.')
    const [first, second] = [await addFile(ctx, base, word), await addFile(ctx, base, markdown)]
    expect([(await settled(ctx, first)).state, (await settled(ctx, second)).state]).toEqual(['ready', 'ready'])
    expect((await search('How do I cancel?'))[0]).toMatchObject({
      sourceId: first,
      headingPath: ['Terms', 'Cancelling'],
    })
    expect((await search('Who feeds the iguana?'))[0]).toMatchObject({
      sourceId: second,
      headingPath: ['Team', 'Zoological care'],
    })
  })

  it('of five hundred pages is read', { timeout: 60_000 }, async () => {
    const id = await addFile(ctx, base, await storeFile(ctx, 'book.pdf', book(500)))
    const source = await settled(ctx, id)
    expect(source).toMatchObject({ state: 'ready', pages: 500 })
    expect(source.chunkCount).toBeGreaterThan(300)
    const [passage] = await search('Which page tells about subject347?')
    expect(passage?.sourceId).toBe(id)
    expect(passage?.text).toContain('subject347')
    await ctx.transaction((tx) => tx.services.knowledge.removeSource(tx, id))
  })

  it.each<[string, string, Uint8Array | string, string]>([
    ['corrupt', 'broken.pdf', '%PDF-1.7\nnothing of use', 'corrupt'],
    ['encrypted', 'secret.pdf', writePdf({ pages: [['secret']], encrypted: true }), 'encrypted'],
    ['empty', 'blank.txt', ' \n\n\t ', 'no_text'],
    ['a scan', 'scan.pdf', writePdf({ pages: [[], []] }), 'no_text'],
    [
      'an archive bomb',
      'bomb.docx',
      writeDocx(['x'], { 'word/media/image1.xml': new Uint8Array(20 * 1024 * 1024) }),
      'archive_bomb',
    ],
  ])('that is %s fails with a reason and a remedy', async (_what, name, body, code) => {
    const source = await settled(ctx, await addFile(ctx, base, await storeFile(ctx, name, body)))
    expect(source).toMatchObject({ state: 'failed', code, stage: null, chunkCount: 0 })
    expect(source.reason?.length).toBeGreaterThan(10)
    expect(source.remedy?.length).toBeGreaterThan(10)
    // Trying the same bytes again would not help, so the job has ended.
    const [left] = await ctx.transaction((tx) =>
      tx.db
        .select({ jobs: count() })
        .from(jobs)
        .where(and(eq(jobs.tenantId, tx.tenant.id), eq(jobs.key, source.id), eq(jobs.state, 'queued'))),
    )
    expect(left?.jobs).toBe(0)
  })

  it('that a reader cannot bear is a failure of ours, said plainly', async () => {
    vi.mocked(parseInWorker).mockRejectedValueOnce(new TypeError('undefined is not a function'))
    const source = await settled(ctx, await addText(ctx, base, 'Odd', 'A text that meets a bug.'))
    expect(source).toMatchObject({ state: 'failed', code: 'internal' })
    expect(source.reason).not.toContain('undefined')
  })

  it('that the storage cannot give at the moment is tried again', async () => {
    const file = await storeFile(ctx, 'later.txt', 'The lighthouse keeper sleeps at noon.')
    vi.spyOn(app.runtime.services.files, 'read').mockRejectedValueOnce(new Error('the disk is away'))
    const source = await settled(ctx, await addFile(ctx, base, file))
    expect(source).toMatchObject({ state: 'ready', attempts: 2 })
  })

  it('whose last attempt has failed says so', async () => {
    const id = await addText(ctx, base, 'Doomed', 'The last attempt fails.')
    await settled(ctx, id)
    await ingestSource.failed?.({ sourceId: id }, new Error('the disk is away'), ctx)
    expect(await sourceOf(ctx, id)).toMatchObject({ state: 'failed', code: 'internal' })
  })
})

describe('adding', () => {
  it('the same content twice gives one source with one set of passages', async () => {
    const text = 'Badgers live in the cellar of the town hall.'
    const first = await addFile(ctx, base, await storeFile(ctx, 'badgers.txt', text))
    await settled(ctx, first)
    const copy = await storeFile(ctx, 'badgers-copy.txt', text)
    expect(await addFile(ctx, base, copy)).toBe(first)
    expect(await settled(ctx, first)).toMatchObject({ state: 'ready', fileId: copy })
    expect((await search('badgers')).map((passage) => passage.sourceId)).toEqual([first])
  })

  it('a text with a known key replaces it, and does nothing when it is the same', async () => {
    const id = await addText(ctx, base, 'Notice', 'The pool is closed on Thursday.', 'notice')
    const before = await settled(ctx, id)
    expect(await addText(ctx, base, 'Notice', 'The pool is closed on Thursday.', 'notice')).toBe(id)
    // Whether vectors can be had is found out after the reading, at a time of its own.
    const { vectors: _then, ...unchanged } = before
    expect(await sourceOf(ctx, id)).toMatchObject(unchanged)
    expect(await addText(ctx, base, 'Notice', 'The pool is closed on Friday.', 'notice')).toBe(id)
    expect((await sourceOf(ctx, id)).state).toBe('queued')
    await settled(ctx, id)
    expect((await chunksOf(id)).map((chunk) => chunk.text)).toEqual(['The pool is closed on Friday.'])
  })

  it('a text without words, or to a base that is not there, is refused', async () => {
    await expect(addText(ctx, base, 'Dashes', '--- !!!')).rejects.toMatchObject({ status: 400 })
    await expect(addText(ctx, crypto.randomUUID(), 'Lost', 'words')).rejects.toMatchObject({ status: 404 })
    await expect(addFile(ctx, base, crypto.randomUUID())).rejects.toMatchObject({
      errors: [{ field: 'fileId', message: expect.any(String) }],
    })
  })
})

describe('reading again', () => {
  it('keeps the ids of passages that stay the same', async () => {
    const id = await addText(ctx, base, 'Menu', '# Soup\n\nLentil soup.\n\n# Bread\n\nRye bread.')
    await settled(ctx, id)
    const before = await chunksOf(id)
    expect(await app.run(retrySource, { id }, member())).toMatchObject({ state: 'queued', attempts: 0 })
    await settled(ctx, id)
    expect((await chunksOf(id)).map((chunk) => chunk.id)).toEqual(before.map((chunk) => chunk.id))
  })

  it('of a file that was removed says that it is gone, and its passages stay', async () => {
    const file = await storeFile(ctx, 'gone.txt', 'The archive is in the attic.')
    const id = await addFile(ctx, base, file)
    await settled(ctx, id)
    await ctx.services.files.remove(ctx, file)
    await app.run(retrySource, { id }, member())
    expect(await settled(ctx, id)).toMatchObject({ state: 'failed', code: 'file_missing' })
    expect((await search('attic archive'))[0]?.sourceId).toBe(id)
    // The same content in a new upload mends it.
    expect(await addFile(ctx, base, await storeFile(ctx, 'back.txt', 'The archive is in the attic.'))).toBe(id)
    expect(await settled(ctx, id)).toMatchObject({ state: 'ready', reason: null })
  })
})

it('removing a source removes its passages and terms', async () => {
  const id = await addText(ctx, base, 'Secret garden', 'Behind the hornbeam hedge stands a sundial.')
  await settled(ctx, id)
  const chunks = await chunksOf(id)
  expect(chunks.length).toBeGreaterThan(0)
  await ctx.transaction((tx) => tx.services.knowledge.removeSource(tx, id))
  expect(await search('hornbeam')).toEqual([])
  expect(await chunksOf(id)).toEqual([])
  const terms = await ctx.transaction((tx) =>
    tx.db
      .select()
      .from(chunkTerms)
      .where(eq(chunkTerms.chunkId, chunks[0]?.id ?? '')),
  )
  expect(terms).toEqual([])
})

it('the list is filtered by state and searched by title', async () => {
  const own = await newBase(ctx, 'listed')
  const ready = await addText(ctx, own, 'Readable', 'Some words.')
  const failed = await addFile(ctx, own, await storeFile(ctx, 'unreadable.pdf', '%PDF-1.7\nnot much'))
  await settled(ctx, ready)
  await settled(ctx, failed)
  const ids = async (filter: { state?: string; q?: string }) =>
    (await app.run(listSources, { baseId: own, ...filter }, member())).items.map((source) => source.id)
  expect(await ids({ state: 'failed' })).toEqual([failed])
  expect(await ids({ state: 'ready,queued' })).toEqual([ready])
  expect(await ids({ q: 'unread' })).toEqual([failed])
  expect(await ids({})).toEqual([failed, ready])
})

describe('a server that stops', () => {
  let quiet: KnowledgeRuntime
  let own: Context
  let ownBase: string
  beforeAll(async () => {
    quiet = await startKnowledge({ worker: false })
    own = quiet.context(quiet.as('member', quiet.clients[0]))
    ownBase = await newBase(own, 'restart')
  })
  afterAll(() => quiet.stop())

  it('in the middle of reading leaves the source to the next one', { timeout: 60_000 }, async () => {
    const id = await addFile(own, ownBase, await storeFile(own, 'book.pdf', book(300)))
    const first = startWorker(quiet.runtime, { pollMs: 20 })
    await vi.waitFor(async () => expect((await sourceOf(own, id)).stage).toBe('reading'), {
      timeout: 10_000,
      interval: 5,
    })
    await first.stop()
    expect(await sourceOf(own, id)).toMatchObject({ state: 'queued', stage: null, attempts: 0, chunkCount: 0 })
    const second = startWorker(quiet.runtime, { pollMs: 20 })
    expect(await settled(own, id)).toMatchObject({ state: 'ready', pages: 300, attempts: 1 })
    await second.stop()
  })

  it('without a word loses nothing: its lease runs out, and a late end of the first reading changes nothing', async () => {
    const id = await addFile(own, ownBase, await storeFile(own, 'owl.txt', 'The owl nests in the bell tower.'))
    const { promise: released, resolve: release } = Promise.withResolvers<void>()
    const { files } = quiet.runtime.services
    const read = files.read.bind(files)
    vi.spyOn(files, 'read').mockImplementationOnce(async (...asked) => {
      await released
      return read(...asked)
    })
    const worker = startWorker(quiet.runtime, { pollMs: 20 })
    await vi.waitFor(async () => expect((await sourceOf(own, id)).state).toBe('reading'), { timeout: 5000 })
    await own.transaction((tx) =>
      tx.db
        .update(jobs)
        .set({ leaseUntil: new Date(0) })
        .where(and(eq(jobs.tenantId, tx.tenant.id), eq(jobs.key, id))),
    )
    const source = await settled(own, id)
    expect(source).toMatchObject({ state: 'ready', attempts: 2 })
    release()
    await worker.stop()
    expect(await sourceOf(own, id)).toMatchObject({ state: 'ready', chunkCount: 1 })
    expect(await own.services.knowledge.search(own, { query: 'owl', baseIds: [ownBase] })).toHaveLength(1)
  })

  it('leaves what waits in the queue, and asking for it again is refused', async () => {
    const id = await addText(own, ownBase, 'Patience', 'One thing after the other.')
    const again = quiet.run(retrySource, { id }, quiet.as('member', quiet.clients[0]))
    await expect(again).rejects.toMatchObject({ status: 409 })
    expect(await sourceOf(own, id)).toMatchObject({ state: 'queued', attempts: 0 })
  })

  it('each time that it reads one document stops trying', async () => {
    const id = await addText(own, ownBase, 'Poison', 'This text takes the server down.')
    await own.transaction((tx) =>
      tx.db.update(knowledgeSources).set({ state: 'reading', attempts: 5 }).where(eq(knowledgeSources.id, id)),
    )
    const worker = startWorker(quiet.runtime, { pollMs: 20 })
    expect(await settled(own, id)).toMatchObject({ state: 'failed', code: 'interrupted' })
    await worker.stop()
  })
})
