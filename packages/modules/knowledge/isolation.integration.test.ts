import { Problem, type Context, type Tenant } from '@guildhall/kernel'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { addSource } from './operations/add-source.ts'
import { createBase } from './operations/create-base.ts'
import { getBase } from './operations/get-base.ts'
import { getSource } from './operations/get-source.ts'
import { listBases } from './operations/list-bases.ts'
import { listSources } from './operations/list-sources.ts'
import { readSource } from './operations/read-source.ts'
import { removeBase } from './operations/remove-base.ts'
import { removeSource } from './operations/remove-source.ts'
import { retrySource } from './operations/retry-source.ts'
import { searchKnowledge } from './operations/search-knowledge.ts'
import { updateBase } from './operations/update-base.ts'
import { conceptEmbedder } from './testing/fake-gateway.ts'
import {
  newBase,
  settled,
  sourceOf,
  startKnowledge,
  storeFile,
  type KnowledgeRuntime,
} from './testing/start-knowledge.ts'

const text = 'The vault code is changed every Friday by the night guard.'

interface Side {
  tenant: Tenant
  ctx: Context
  base: string
  source: string
}

let app: KnowledgeRuntime
let alpha: Side
let beta: Side

async function side(tenant: Tenant): Promise<Side> {
  const caller = app.as('member', tenant)
  const ctx = app.context(caller)
  const base = (await app.run(createBase, { title: 'Security' }, caller)).id
  const { id } = await app.run(addSource, { baseId: base, title: 'Vault', text }, caller)
  await settled(ctx, id)
  await vi.waitFor(async () => expect((await sourceOf(ctx, id)).vectors).toBe('ready'), { timeout: 10_000 })
  return { tenant, ctx, base, source: id }
}

beforeAll(async () => {
  app = await startKnowledge()
  app.embedder.current = conceptEmbedder('test/concepts', [['vault', 'safe'], ['guard']])
  alpha = await side(app.clients[0])
  beta = await side(app.clients[1])
})
afterAll(() => app.stop())

/** The HTTP status that this would answer. */
const status = (work: Promise<unknown>) =>
  work.then(
    () => 200,
    (error: unknown) => (error instanceof Problem ? error.status : 500),
  )
const member = (of: Side) => app.as('member', of.tenant)

describe('two clients with the same text', () => {
  it('each find their own, by words and by meaning', async () => {
    for (const [own, other] of [
      [alpha, beta],
      [beta, alpha],
    ] as const)
      for (const query of ['vault code', 'safe']) {
        const { passages } = await app.run(searchKnowledge, { query }, member(own))
        expect(passages.map((passage) => passage.sourceId)).toEqual([own.source])
        expect(await other.ctx.services.knowledge.search(other.ctx, { query, baseIds: [own.base] })).toEqual([])
      }
  })

  it('cannot see that the other has a base or a source', async () => {
    const caller = member(beta)
    const foreign = await storeFile(alpha.ctx, 'foreign.txt', 'Only for alpha.')
    expect(await status(app.run(getBase, { baseId: alpha.base }, caller))).toBe(404)
    expect(await status(app.run(updateBase, { baseId: alpha.base, title: 'Mine' }, caller))).toBe(404)
    expect(await status(app.run(removeBase, { baseId: alpha.base }, caller))).toBe(404)
    expect(await status(app.run(listSources, { baseId: alpha.base }, caller))).toBe(404)
    expect(await status(app.run(addSource, { baseId: alpha.base, title: 'x', text }, caller))).toBe(404)
    expect(await status(app.run(addSource, { baseId: beta.base, fileId: foreign }, caller))).toBe(400)
    expect(await status(app.run(getSource, { id: alpha.source }, caller))).toBe(404)
    expect(await status(app.run(readSource, { id: alpha.source }, caller))).toBe(404)
    expect(await status(app.run(retrySource, { id: alpha.source }, caller))).toBe(404)
    expect(await status(app.run(removeSource, { id: alpha.source }, caller))).toBe(404)
    expect(await status(app.run(searchKnowledge, { query: 'x', baseIds: [alpha.base] }, caller))).toBe(400)
    expect(await beta.ctx.services.knowledge.existingBases(beta.ctx, [alpha.base, beta.base])).toEqual([beta.base])
    expect((await app.run(listBases, {}, caller)).items.map((base) => base.id)).toEqual([beta.base])
    expect(await sourceOf(alpha.ctx, alpha.source)).toMatchObject({ state: 'ready', title: 'Vault' })
  })

  it('and a statement without a tenant sees no row of either', async () => {
    for (const table of [
      'knowledge_bases',
      'knowledge_sources',
      'knowledge_chunks',
      'chunk_terms',
      'chunk_embeddings',
    ]) {
      const { rows } = await app.runtime.database.within({ tenantId: null }, (db) =>
        db.execute(sql`select count(*)::int as found from ${sql.identifier(table)}`),
      )
      expect({ table, ...rows[0] }).toEqual({ table, found: 0 })
    }
  })
})

describe('bases', () => {
  it('are made once per key and project', async () => {
    const again = await newBase(alpha.ctx, 'training')
    expect(await newBase(alpha.ctx, 'training')).toBe(again)
    const projectId = crypto.randomUUID()
    const inProject = await alpha.ctx.transaction((tx) =>
      tx.services.knowledge.ensureBase(tx, { key: 'training', title: 'Training', projectId }),
    )
    expect(inProject.id).not.toBe(again)
    await expect(app.run(createBase, { title: 'Other', key: 'training' }, member(alpha))).rejects.toMatchObject({
      status: 409,
      errors: [{ field: 'key' }],
    })
    expect(await alpha.ctx.transaction((tx) => tx.services.knowledge.removeProjectBases(tx, projectId))).toBe(1)
    expect(await alpha.ctx.services.knowledge.existingBases(alpha.ctx, [inProject.id, again])).toEqual([again])
  })

  it('show how their sources stand, can be renamed, and take everything with them', async () => {
    const caller = member(beta)
    expect(await app.run(getBase, { baseId: beta.base }, caller)).toMatchObject({
      title: 'Security',
      key: 'security',
      sources: { total: 1, ready: 1, failed: 0, queued: 0, reading: 0 },
      chunks: 1,
    })
    expect(await app.run(updateBase, { baseId: beta.base, title: 'Safety' }, caller)).toMatchObject({ title: 'Safety' })
    await app.run(removeBase, { baseId: beta.base }, caller)
    const { passages } = await app.run(searchKnowledge, { query: 'vault' }, caller)
    expect(passages).toEqual([])
  })

  it('a viewer reads and searches, but changes nothing', async () => {
    const viewer = app.as('viewer', app.clients[0])
    expect((await app.run(searchKnowledge, { query: 'vault' }, viewer)).passages).toHaveLength(1)
    await expect(app.run(removeSource, { id: alpha.source }, viewer)).rejects.toMatchObject({ status: 403 })
    await expect(app.run(addSource, { baseId: alpha.base, title: 'x', text }, viewer)).rejects.toMatchObject({
      status: 403,
    })
  })

  it('refuse a source that is neither a file nor a text', async () => {
    for (const input of [{}, { fileId: crypto.randomUUID(), text }, { text }])
      await expect(app.run(addSource, { baseId: alpha.base, ...input }, member(alpha))).rejects.toMatchObject({
        status: 400,
      })
  })
})

it('the health of the module says what waits and how vectors are searched', async () => {
  const [report] =
    (await app.runtime.catalogue.modules
      .find((module) => module.name === 'knowledge')
      ?.health?.(app.runtime, alpha.ctx)) ?? []
  expect(report).toMatchObject({ name: 'knowledge', state: 'ok', detail: expect.stringContaining('exact scan') })
})
