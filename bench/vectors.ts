import { randomUUID } from 'node:crypto'
import { createBaseSizes } from '../packages/modules/knowledge/search/base-sizes.ts'
import { findByVector } from '../packages/modules/knowledge/search/find-by-vector.ts'
import { findInIndex } from '../packages/modules/knowledge/search/find-in-index.ts'
import { vectorToBytes } from '../packages/modules/knowledge/search/vector-bytes.ts'
import { createVectorCache } from '../packages/modules/knowledge/search/vector-cache.ts'
import { findVectorIndex, vectorText } from '../packages/modules/knowledge/search/vector-index.ts'
import { randomVectors } from '../packages/modules/knowledge/testing/random-vectors.ts'
import { startKnowledgeOnPgvector } from '../packages/modules/knowledge/testing/start-pgvector.ts'

/**
 * The nearest 50 of so many vectors of one client, beside as many of another: the exact scan (in memory, warm and just
 * started; in the database) against the HNSW index of pgvector, and what share of the exact answer that finds.
 *
 * `BENCH_VECTORS` (10000), `BENCH_DIMS` (384); `BENCH_DATABASE_URL`: superuser's URL of an empty database on a server with
 * pgvector. Without it PostgreSQL runs as WebAssembly on one thread: read the ratios of the database's own ways only.
 */
const count = Number(process.env['BENCH_VECTORS'] ?? 10_000)
const dims = Number(process.env['BENCH_DIMS'] ?? 384)
const questions = 20
const limit = 50
const model = 'bench/random'

const print = (line: string) => process.stdout.write(`${line}\n`)
const given = process.env['BENCH_DATABASE_URL']
const app = await startKnowledgeOnPgvector({ dims: [dims] }, given)
try {
  const [alpha, beta] = app.contexts
  const next = randomVectors(11, dims)
  const bases = { own: randomUUID(), other: randomUUID() }
  const [{ version } = { version: '' }] = await app.administer<{ version: string }>(
    `select current_setting('server_version') || ', pgvector ' || extversion as version from pg_extension where extname = 'vector'`,
  )
  print(
    `2 x ${count.toLocaleString('en')} vectors of ${dims} dimensions; PostgreSQL ${version}${given ? '' : ' (WebAssembly)'}`,
  )

  // Built over all rows at once, which is faster than row by row; the planner and the search meet the same index.
  const [built] = await app.administer<{ definition: string }>(
    `select indexdef as definition from pg_indexes where indexname = 'nearest_${dims}'`,
  )
  await app.administer(`drop index gh_vectors.nearest_${dims}`)
  for (const [ctx, baseId] of [
    [alpha, bases.own],
    [beta, bases.other],
  ] as const)
    for (let from = 0; from < count; from += 500) {
      const rows = Array.from({ length: Math.min(500, count - from) }, () => ({ id: randomUUID(), vector: next() }))
      const keys = (id: string) => `'${ctx.tenant.id}', '${id}'`
      await app.administer(
        `begin; set local session_replication_role = replica;
         insert into chunk_embeddings (tenant_id, chunk_id, source_id, base_id, model, dims, vector) values ${rows
           .map(
             ({ id, vector }) =>
               `(${keys(id)}, '${baseId}', '${baseId}', '${model}', ${dims}, '\\x${vectorToBytes(vector).toString('hex')}')`,
           )
           .join(',')};
         insert into gh_vectors.chunk_vectors (tenant_id, chunk_id, base_id, model, dims, vector) values ${rows
           .map(({ id, vector }) => `(${keys(id)}, '${baseId}', '${model}', ${dims}, '${vectorText(vector)}')`)
           .join(',')};
         commit`,
      )
    }
  const started = performance.now()
  await app.administer(`set maintenance_work_mem = '512MB'; ${built?.definition ?? ''}`)
  print(`index built in ${((performance.now() - started) / 1000).toFixed(1)} s`)
  await app.administer('vacuum analyze gh_vectors.chunk_vectors')

  const index = await alpha.transaction((tx) => findVectorIndex(tx.db))
  if (!index) throw new Error('There is no index')
  const asked = Array.from({ length: questions }, next)
  const sizes = createBaseSizes()
  const inMemory = (cache = createVectorCache(4e9)) => {
    return async (vector: Float32Array) =>
      (
        await findByVector(
          alpha,
          { cache, sizes, index: null },
          [{ id: bases.own, version: 1 }],
          { vector, model },
          limit,
        )
      ).neighbours
  }
  const inDatabase = (total: number) => async (vector: Float32Array) =>
    (await findInIndex(alpha, index, { baseIds: [bases.own], model, vector, limit, size: count, total })).neighbours

  async function measure(name: string, find: (vector: Float32Array) => Promise<{ id: string }[]>, times = questions) {
    const answers: string[][] = []
    const taken: number[] = []
    for (const vector of asked.slice(0, times)) {
      const before = performance.now()
      answers.push((await find(vector)).map(({ id }) => id))
      taken.push(performance.now() - before)
    }
    const median = taken.toSorted((a, b) => a - b)[Math.floor(taken.length / 2)] ?? 0
    print(`${name.padEnd(44)} ${median.toFixed(1).padStart(9)} ms median`)
    return { answers, median }
  }

  const warm = inMemory()
  await warm(next())
  await measure('exact, in memory of a process just started', (vector) => inMemory()(vector), 3)
  const memory = await measure('exact, in memory', warm)
  // A total that makes the index look like the wrong way.
  const compared = await measure('exact, in the database', inDatabase(count * count))
  await inDatabase(2 * count)(next())
  const graph = await measure('HNSW', inDatabase(2 * count))

  const found = graph.answers.map((ids, at) => ids.filter((id) => memory.answers[at]?.includes(id)).length)
  const recall = found.reduce((sum, hits) => sum + hits, 0) / (questions * limit)
  print(`recall@${limit} of HNSW ${recall.toFixed(3)}`)
  print(
    `HNSW is ${(compared.median / graph.median).toFixed(1)} x as fast as comparing in the database, ${(memory.median / graph.median).toFixed(2)} x as fast as comparing in memory`,
  )
} finally {
  await app.stop()
}
