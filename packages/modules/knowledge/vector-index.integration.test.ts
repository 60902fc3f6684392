import { newId, type Context } from '@guildhall/kernel'
import { createHash, randomUUID } from 'node:crypto'
import { sql, type SQL } from 'drizzle-orm'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { knowledgeHealth } from './health.ts'
import { indexVectors } from './jobs/index-vectors.ts'
import { chunkEmbeddings, knowledgeChunks, knowledgeSources } from './schema.ts'
import { createBaseSizes } from './search/base-sizes.ts'
import { findByVector } from './search/find-by-vector.ts'
import { findInIndex } from './search/find-in-index.ts'
import { vectorToBytes } from './search/vector-bytes.ts'
import { createVectorCache } from './search/vector-cache.ts'
import { findVectorIndex, type VectorIndex } from './search/vector-index.ts'
import { randomVectors } from './testing/random-vectors.ts'
import { addText, newBase, sourceOf } from './testing/start-knowledge.ts'
import { startKnowledgeOnPgvector, type KnowledgeOnPgvector } from './testing/start-pgvector.ts'

const dims = 64
/** Indexed in half precision. */
const long = 2048
const model = 'test/random'
const limit = 50

let app: KnowledgeOnPgvector
let index: VectorIndex
beforeAll(async () => {
  // As some providers install extensions: what the search says to the database must name the schema.
  app = await startKnowledgeOnPgvector({ dims: [dims, long], from: 200, extensionSchema: 'extensions' })
  const found = await app.contexts[0].transaction((tx) => findVectorIndex(tx.db))
  if (!found) throw new Error('The index was not found')
  index = found
}, 180_000)
afterAll(() => app.stop())

const aVector = randomVectors(7, dims)
const aLongVector = randomVectors(8, long)

interface Filled {
  ctx: Context
  baseId: string
  vectors: Map<string, Float32Array>
}

/** A base with so many vectors, as reading and embedding would leave it. */
async function fill(ctx: Context, count: number, next = aVector): Promise<Filled> {
  const baseId = await newBase(ctx, `base-${randomUUID()}`)
  const sourceId = newId()
  const vectors = new Map(Array.from({ length: count }, () => [randomUUID() as string, next()]))
  await ctx.transaction(async (tx) => {
    const tenantId = tx.tenant.id
    await tx.db.insert(knowledgeSources).values({
      id: sourceId,
      tenantId,
      baseId,
      kind: 'text',
      title: 'Numbers',
      identity: `key:${sourceId}`,
      contentHash: 'none',
      size: 0,
      state: 'ready',
      vectors: 'ready',
      vectorModel: model,
      chunkCount: count,
      createdAt: tx.now(),
      queuedAt: tx.now(),
    })
    const rows = [...vectors].map(([id, vector], ordinal) => ({ id, vector, ordinal }))
    for (let from = 0; from < rows.length; from += 250) {
      const some = rows.slice(from, from + 250)
      await tx.db.insert(knowledgeChunks).values(
        some.map(({ id, ordinal }) => ({
          id,
          tenantId,
          sourceId,
          baseId,
          ordinal,
          text: `Number ${ordinal}`,
          prefixLength: 0,
          headingPath: [],
          locator: { startOffset: 0, endOffset: 0 },
          marks: [],
          tokens: 2,
        })),
      )
      await tx.db.insert(chunkEmbeddings).values(
        some.map(({ id, vector }) => ({
          tenantId,
          chunkId: id,
          sourceId,
          baseId,
          model,
          dims: vector.length,
          vector: vectorToBytes(vector),
        })),
      )
    }
  })
  return { ctx, baseId, vectors }
}

/** A search by a process that has just started. */
async function search({ ctx, baseId }: Pick<Filled, 'ctx' | 'baseId'>, vector: Float32Array) {
  const parts = { cache: createVectorCache(1e8), sizes: createBaseSizes(), index }
  return findByVector(ctx, parts, [{ id: baseId, version: 1 }], { vector, model }, limit)
}

/** The same through the graph, whatever share of the index the base is. */
function byGraph({ ctx, baseId, vectors }: Filled, vector: Float32Array) {
  return findInIndex(ctx, index, {
    baseIds: [baseId],
    model,
    vector,
    limit,
    size: Math.max(vectors.size, 400),
    total: 0,
  })
}

function nearestOf({ vectors }: Pick<Filled, 'vectors'>, query: Float32Array, most = limit): string[] {
  return [...vectors]
    .map(([id, vector]) => ({ id, similarity: vector.reduce((sum, value, at) => sum + value * (query[at] ?? 0), 0) }))
    .toSorted((a, b) => b.similarity - a.similarity)
    .slice(0, most)
    .map(({ id }) => id)
}

/** The share of the truly nearest that is found, over 20 questions. Whatever is found must be of that base. */
async function recall(
  base: Filled,
  find: (vector: Float32Array) => Promise<{ id: string }[]>,
  next = aVector,
): Promise<number> {
  let found = 0
  let wanted = 0
  for (let question = 0; question < 20; question++) {
    const query = next()
    const ids = (await find(query)).map(({ id }) => id)
    expect(ids.filter((id) => !base.vectors.has(id))).toEqual([])
    const nearest = nearestOf(base, query)
    found += nearest.filter((id) => ids.includes(id)).length
    wanted += nearest.length
  }
  return found / wanted
}

const indexedOf = async ({ ctx, baseId }: Filled) => {
  const [size] = await createBaseSizes()(ctx, [{ id: baseId, version: 1 }], { model, dims })
  return size?.indexed
}

/** Searches that walked through the graph. */
async function graphScans(): Promise<number | undefined> {
  await app.administer('select pg_stat_force_next_flush()')
  const [row] = await app.administer<{ scans: number }>(
    `select idx_scan::int as scans from pg_stat_user_indexes where indexrelname = 'nearest_${String(dims)}'`,
  )
  return row?.scans
}

describe('bases of clients of very different size', () => {
  let bases: { large: Filled; middle: Filled; small: Filled; tiny: Filled; second: Filled }
  beforeAll(async () => {
    const [alpha, beta, gamma] = app.contexts
    bases = {
      large: await fill(alpha, 1600),
      second: await fill(alpha, 250),
      middle: await fill(beta, 500),
      small: await fill(gamma, 220),
      tiny: await fill(gamma, 30),
    }
  }, 120_000)

  it('are scanned exactly until the index holds them, and a search is what puts them there', async () => {
    const { large, second, middle, small } = bases
    for (const base of [large, second, middle, small]) {
      const query = aVector()
      const { neighbours, indexed } = await search(base, query)
      expect(indexed).toBeNull()
      expect(neighbours.map(({ id }) => id)).toEqual(nearestOf(base, query))
    }
    for (const base of [large, second, middle, small])
      await vi.waitFor(async () => expect(await indexedOf(base)).toBe(base.vectors.size), {
        timeout: 120_000,
        interval: 500,
      })
    await app.administer('analyze gh_vectors.chunk_vectors')
    expect((await search(large, aVector())).indexed).toEqual({ bases: 1, by: 'graph' })
  }, 150_000)

  it('are named by the health report', async () => {
    expect(await knowledgeHealth(bases.large.ctx)).toMatchObject([
      { state: 'ok', detail: expect.stringContaining('pgvector for bases with 200 vectors and more') },
    ])
  })

  it('are found to 95 % and more, each its own', async () => {
    for (const [name, base] of Object.entries(bases))
      expect({ name, recall: await recall(base, async (query) => (await search(base, query)).neighbours) }).toEqual({
        name,
        recall: expect.toSatisfy((share: number) => share >= 0.95),
      })
  }, 60_000)

  it('are found as well when the graph is made to serve a small part of it', async () => {
    const { large, second, middle, small } = bases
    for (const base of [large, second, middle, small])
      expect(
        await recall(base, async (query) => {
          const { neighbours, by } = await byGraph(base, query)
          expect(by).toBe('graph')
          return neighbours
        }),
      ).toBeGreaterThanOrEqual(0.95)
  }, 60_000)

  it('are found with long vectors too, whose index is in half precision', async () => {
    const [ctx] = app.contexts
    const base = await fill(ctx, 120, aLongVector)
    await indexVectors.run({ baseId: base.baseId, model, dims: long }, ctx)
    const share = await recall(
      base,
      async (query) => {
        const { neighbours, by } = await byGraph(base, query)
        expect(by).toBe('graph')
        return neighbours
      },
      aLongVector,
    )
    expect(share).toBeGreaterThanOrEqual(0.95)
  }, 60_000)

  it('stay out of the index while they are small', async () => {
    expect((await search(bases.tiny, aVector())).indexed).toBeNull()
    expect(await indexedOf(bases.tiny)).toBe(0)
  })

  it('are compared one by one in the database where the graph gives too few', async () => {
    const { small } = bases
    const query = aVector()
    const search = { baseIds: [small.baseId], model, vector: query, limit: 230, size: 2000, total: 0 }
    const { neighbours, by } = await findInIndex(small.ctx, index, search)
    expect(by).toBe('comparison')
    expect(neighbours.map(({ id }) => id)).toEqual(nearestOf(small, query, 230))
  })

  it('are searched by the index only where it pays', async () => {
    const { large, small } = bases
    const before = (await graphScans()) ?? Number.NaN
    await search(small, aVector())
    expect(await graphScans()).toBe(before)
    await search(large, aVector())
    expect(await graphScans()).toBe(before + 1)
  })

  it('are searched together with others in one answer', async () => {
    const { large, second, tiny } = bases
    const query = aVector()
    const parts = { cache: createVectorCache(1e8), sizes: createBaseSizes(), index }
    const asked = [large, second, tiny].map(({ baseId }) => ({ id: baseId, version: 1 }))
    const { neighbours, indexed } = await findByVector(large.ctx, parts, asked, { vector: query, model }, limit)
    expect(indexed).toEqual({ bases: 2, by: 'graph' })
    const own = { vectors: new Map([...large.vectors, ...second.vectors]) }
    const nearest = new Set(nearestOf(own, query))
    expect(neighbours.filter(({ id }) => nearest.has(id)).length).toBeGreaterThanOrEqual(limit * 0.95)
    const similarities = neighbours.map(({ similarity }) => similarity)
    expect(similarities).toEqual(similarities.toSorted((a, b) => b - a))
  })

  it('give nothing to another client, whatever it asks for', async () => {
    const { large, middle } = bases
    const stranger = { ...large, ctx: middle.ctx }
    const query = aVector()
    expect((await search(stranger, query)).neighbours).toEqual([])
    expect((await byGraph(stranger, query)).neighbours).toEqual([])
  })
})

const row = (tenant: string, baseId: string) =>
  sql`insert into gh_vectors.chunk_vectors (tenant_id, chunk_id, base_id, model, dims, vector)
    select ${tenant}::uuid, e.chunk_id, ${baseId}::uuid, 'other', 3, '[1,2,3]' from gh_vectors.chunk_vectors e limit 1`

/** What is wrong with its isolation, in words; nothing = as it must be. */
async function breaches(): Promise<string[]> {
  const [alpha, beta] = app.contexts.map((ctx) => ctx.tenant.id)
  if (!alpha || !beta) throw new Error('There are no clients')
  const found: string[] = []
  const count = (tenantId: string | null, readable: string[] = []) =>
    app.database.within({ tenantId, readable, readOnly: true }, async (db) => {
      const { rows } = await db.execute<{ n: number }>(
        sql`select count(*)::int as n from gh_vectors.chunk_vectors where tenant_id = ${alpha}`,
      )
      return rows[0]?.n ?? 0
    })
  if ((await count(alpha)) === 0) found.push('its own tenant does not see the rows')
  if ((await count(beta)) > 0) found.push('another tenant sees the rows')
  if ((await count(null)) > 0) found.push('nobody in particular sees the rows')
  if ((await count(beta, [alpha])) === 0) found.push('a granted reader does not see the rows')
  if ((await count(beta, [beta])) > 0) found.push('a reader of other tenants sees the rows')
  for (const tenantId of [beta, null])
    if ((await refusal(tenantId, row(alpha, randomUUID()))) !== '42501') found.push('another tenant may write')
  return found
}

/** The code of the database's refusal; null when it did what was asked. */
const refusal = (tenantId: string | null, statement: SQL) =>
  app.database
    .within({ tenantId, readable: [app.contexts[0].tenant.id] }, (db) => db.execute(statement))
    .then(
      () => null,
      (error: unknown) =>
        error instanceof Error && error.cause instanceof pg.DatabaseError ? error.cause.code : error,
    )

describe('the table of the index', () => {
  it('shows its rows to their client and to nobody else', async () => {
    expect(await breaches()).toEqual([])
  })

  it('forces row-level security with the policies of the embeddings, on every table of its schema', async () => {
    const tables = await app.administer(
      `select relname, relrowsecurity as enabled, relforcerowsecurity as forced from pg_class where relnamespace = 'gh_vectors'::regnamespace and relkind in ('r', 'p')`,
    )
    expect(tables).toEqual([{ relname: 'chunk_vectors', enabled: true, forced: true }])
    const policies = (table: string) =>
      app.administer(
        `select polcmd, pg_get_expr(polqual, polrelid) as using, pg_get_expr(polwithcheck, polrelid) as check
         from pg_policy where polrelid = '${table}'::regclass order by polname`,
      )
    expect(await policies('gh_vectors.chunk_vectors')).toEqual(await policies('public.chunk_embeddings'))
    expect(await policies('gh_vectors.chunk_vectors')).toHaveLength(2)
  })

  it.each(['update gh_vectors.chunk_vectors set base_id = base_id', 'delete from gh_vectors.chunk_vectors'])(
    'is only added to by the application: %s is refused',
    async (statement) => {
      for (const ctx of app.contexts) expect(await refusal(ctx.tenant.id, sql.raw(statement))).toBe('42501')
    },
  )

  it.each(['chunk_vectors_tenant', 'chunk_vectors_readable'])('fails these checks without %s', async (policy) => {
    const [found] = await app.administer<{ command: string; using: string; check: string | null }>(
      `select case polcmd when 'r' then 'select' else 'all' end as command, pg_get_expr(polqual, polrelid) as using,
         pg_get_expr(polwithcheck, polrelid) as check from pg_policy where polname = '${policy}'`,
    )
    await app.administer(`drop policy ${policy} on gh_vectors.chunk_vectors`)
    try {
      expect(await breaches()).not.toEqual([])
    } finally {
      const check = found?.check ? ` with check (${found.check})` : ''
      await app.administer(
        `create policy ${policy} on gh_vectors.chunk_vectors for ${found?.command ?? ''} using (${found?.using ?? ''})${check}`,
      )
    }
    expect(await breaches()).toEqual([])
  })
})

/** Puts the words of a text into the places that their letters say. */
const embedder = {
  model: 'test/words',
  embed: (texts: readonly string[]) =>
    texts.map((text) => {
      const vector = new Float32Array(dims).fill(0.001)
      for (const word of text.toLowerCase().match(/\w+/g) ?? []) {
        const place = createHash('sha256').update(word).digest().readUInt16LE() % dims
        vector[place] = (vector[place] ?? 0) + 1
      }
      return vector
    }),
}
const pages = (subject: string, count: number) =>
  Array.from({ length: count }, (_, page) => `# ${subject} ${page}\n\n${`The ${subject} of part ${page}. `.repeat(60)}`)
const rowsOf = async (sourceId: string) => {
  const [row] = await app.administer<{ stored: number; indexed: number }>(
    `select count(*)::int as stored, count(v.chunk_id)::int as indexed
     from chunk_embeddings e left join gh_vectors.chunk_vectors v using (tenant_id, chunk_id, model) where source_id = '${sourceId}'`,
  )
  return row
}
const embedded = (ctx: Context, id: string) =>
  vi.waitFor(async () => expect((await sourceOf(ctx, id)).vectors).toBe('ready'), { timeout: 60_000, interval: 200 })

describe('documents', () => {
  it('of a base that grows are put into the index by a job, later ones with their embedding, and leave it with it', async () => {
    const [ctx] = app.contexts
    app.embedder.current = embedder
    const base = await newBase(ctx, 'growing')
    const first = await addText(ctx, base, 'Manual', pages('engine', 210).join('\n\n'))
    await embedded(ctx, first)
    await vi.waitFor(
      async () => {
        const rows = await rowsOf(first)
        expect(rows?.stored).toBeGreaterThanOrEqual(200)
        expect(rows?.indexed).toBe(rows?.stored)
      },
      { timeout: 60_000, interval: 200 },
    )
    const later = await addText(ctx, base, 'Notice', 'The canteen is closed on Friday.')
    await embedded(ctx, later)
    expect(await rowsOf(later)).toEqual({ stored: 1, indexed: 1 })
    const ask = (query: string) => ctx.services.knowledge.searchWithMode(ctx, { query, baseIds: [base] })
    expect(await ask('canteen closed Friday')).toMatchObject({
      mode: 'hybrid',
      passages: [{ sourceId: later, matchedBy: ['text', 'vector'] }, ...Array(7).fill(expect.anything())],
    })
    await ctx.transaction((tx) => ctx.services.knowledge.removeSource(tx, later))
    expect(await rowsOf(later)).toEqual({ stored: 0, indexed: 0 })
    expect((await ask('canteen closed Friday')).passages.map(({ sourceId }) => sourceId)).not.toContain(later)
  }, 120_000)

  it('that an erased client had are gone from the index', async () => {
    const [alpha, beta] = app.contexts
    const count = (ctx: Context) =>
      app.administer<{ n: number }>(
        `select count(*)::int as n from gh_vectors.chunk_vectors where tenant_id = '${ctx.tenant.id}'`,
      )
    expect(await count(beta)).not.toEqual([{ n: 0 }])
    const others = await count(alpha)
    await app.administer(`delete from tenants where id = '${beta.tenant.id}'`)
    expect(await count(beta)).toEqual([{ n: 0 }])
    expect(await count(alpha)).toEqual(others)
  })
})
