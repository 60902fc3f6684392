import { PgDialect, getTableConfig } from 'drizzle-orm/pg-core'
import pg from 'pg'
import { chunkEmbeddings } from '../schema.ts'
import {
  indexedType,
  indexPrefix,
  readSettings,
  vectorSchema,
  vectorTable,
  type VectorIndexSettings,
} from './vector-index.ts'

/** Lengths that embedding models give. Vectors of another length are scanned exactly. */
const usualDims = [256, 384, 512, 768, 1024, 1536, 2048, 2560, 3072]
const usualFrom = 5000
const layout = 1
/** Candidates for a vector's neighbours while it is put in: twice pgvector's own, for a graph that loses fewer. */
const breadthOfBuilding = 128
/** Apart from the lock of the migrations, which is free again by now. */
const preparationLock = 4_100_410_042
/** The first version whose index goes on searching when row-level security takes results away. */
const neededVersion = [0, 8] as const

export type PreparedVectorIndex =
  | { state: 'ready'; version: string }
  /** The server does not offer the extension. */
  | { state: 'absent' }
  /** It is offered and cannot be used; the search goes on scanning exactly. */
  | { state: 'refused'; warning: string }

export interface VectorIndexOptions {
  /** Direct connection as the owner of the tables. */
  url: string
  dims?: readonly number[]
  /** Vectors of a base from which on it is indexed. */
  from?: number
}

/**
 * Makes what the search by pgvector needs, when the server has it: the extension, a table beside `chunk_embeddings` with
 * the same row-level security, and an HNSW index by inner product (all vectors have length 1) per length of vector.
 * Changes nothing when all is there; safe to run at each start, by several processes at once.
 *
 * Outside of the numbered migrations, which run on every PostgreSQL. A migration that changes the key of
 * `chunk_embeddings` begins with `drop schema if exists gh_vectors cascade`: the next start makes it again.
 */
export async function prepareVectorIndex(options: VectorIndexOptions): Promise<PreparedVectorIndex> {
  const client = new pg.Client({ connectionString: options.url })
  await client.connect()
  try {
    await client.query('begin')
    await client.query('select pg_advisory_xact_lock($1)', [preparationLock])
    const result = await prepare(client, options)
    await client.query(result.state === 'ready' ? 'commit' : 'rollback')
    return result
  } catch (error) {
    await client.query('rollback')
    if (!(error instanceof pg.DatabaseError)) throw error
    return refused(`could not be prepared (${error.message})`, 'CREATE EXTENSION IF NOT EXISTS vector')
  } finally {
    await client.end()
  }
}

function refused(what: string, statement: string): PreparedVectorIndex {
  return {
    state: 'refused',
    warning: `pgvector ${what}; vectors are scanned exactly. Let the administrator run \`${statement}\` in this database, then start again.`,
  }
}

async function prepare(client: pg.Client, options: VectorIndexOptions): Promise<PreparedVectorIndex> {
  const extension = (await findExtension(client)) ?? (await createExtension(client))
  if (!extension) return { state: 'absent' }
  const { version, types } = extension
  if (!isRecentVersion(version))
    return refused(`${version} is older than ${neededVersion.join('.')}`, 'ALTER EXTENSION vector UPDATE')
  const statements = [
    ...(await reachOf(client, types)),
    ...(await tableStatements(client, types, options.from ?? usualFrom)),
  ]
  for (const statement of statements) await client.query(statement)
  for (const statement of await indexStatements(client, types, options.dims ?? usualDims)) await client.query(statement)
  return { state: 'ready', version }
}

interface Extension {
  version: string
  /** Schema that it is installed in, quoted. */
  types: string
}

async function findExtension(client: pg.Client): Promise<Extension | null> {
  const { rows } = await client.query<Extension>(
    `select extversion as version, extnamespace::regnamespace::text as types from pg_extension where extname = 'vector'`,
  )
  return rows[0] ?? null
}

async function createExtension(client: pg.Client): Promise<Extension | null> {
  const { rowCount } = await client.query(`select from pg_available_extensions where name = 'vector'`)
  if (rowCount === 0) return null
  await client.query('create extension vector with schema public')
  return findExtension(client)
}

/** Whether this version of pgvector is one that the search can use. */
export function isRecentVersion(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > neededVersion[0] || (major === neededVersion[0] && minor >= neededVersion[1])
}

/** The application must be able to name the types; some providers install extensions in a schema of their own. */
async function reachOf(client: pg.Client, types: string): Promise<string[]> {
  const { rows } = await client.query<{ reached: boolean }>(
    `select has_schema_privilege('gh_app', $1::regnamespace, 'USAGE') as reached`,
    [types],
  )
  return rows[0]?.reached ? [] : [`grant usage on schema ${types} to gh_app`]
}

async function tableStatements(client: pg.Client, types: string, from: number): Promise<string[]> {
  const { rows } = await client.query<{ comment: string | null; complete: boolean }>(
    `select obj_description(n.oid, 'pg_namespace') as comment,
       exists (select from pg_class c join pg_attribute a on a.attrelid = c.oid
         where c.relnamespace = n.oid and c.relname = 'chunk_vectors' and a.attname = 'vector' and not a.attisdropped)
       -- Dropping the table of the embeddings, or its key, takes this with it.
       and exists (select from pg_constraint where conname = 'chunk_vectors_embedding' and connamespace = n.oid) as complete
     from pg_namespace n where nspname = $1`,
    [vectorSchema],
  )
  const settings: VectorIndexSettings = { layout, from }
  const comment = `comment on schema ${vectorSchema} is '${JSON.stringify(settings)}'`
  const [present] = rows
  const found = readSettings(present?.comment ?? null)
  if (present?.complete && found?.layout === layout) return found.from === from ? [] : [comment]
  return [`drop schema if exists ${vectorSchema} cascade`, `create schema ${vectorSchema}`, comment, ...table(types)]
}

/** The table with rights and row-level security. Its policies are those of the table that it is made of. */
function table(types: string): string[] {
  const dialect = new PgDialect()
  const { name: origin, policies } = getTableConfig(chunkEmbeddings)
  const condition = (clause: string, value: (typeof policies)[number]['using']) =>
    value ? ` ${clause} (${dialect.sqlToQuery(value).sql})` : ''
  return [
    `create table ${vectorTable} (
       tenant_id uuid not null references public.tenants (id) on delete cascade,
       chunk_id uuid not null,
       base_id uuid not null,
       model text not null,
       dims integer not null,
       vector ${types}.vector not null,
       primary key (tenant_id, chunk_id, model),
       constraint chunk_vectors_embedding foreign key (tenant_id, chunk_id, model)
         references public.chunk_embeddings (tenant_id, chunk_id, model) on delete cascade
     )`,
    `create index chunk_vectors_base on ${vectorTable} (tenant_id, base_id, model, dims)`,
    `alter table ${vectorTable} enable row level security`,
    `alter table ${vectorTable} force row level security`,
    ...policies.map(
      (policy) =>
        `create policy "${policy.name.replace(origin, 'chunk_vectors')}" on ${vectorTable} for ${policy.for ?? 'all'}` +
        condition('using', policy.using) +
        condition('with check', policy.withCheck),
    ),
    `revoke all on ${vectorTable} from public`,
    `grant usage on schema ${vectorSchema} to gh_app`,
    // Rows go when their embedding goes, by the foreign key.
    `grant select, insert on ${vectorTable} to gh_app`,
  ]
}

/** For an index that is missing. Made while no row has that length, so it is there at once. */
async function indexStatements(client: pg.Client, types: string, dims: readonly number[]): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select c.relname as name from pg_index join pg_class c on c.oid = indexrelid where indrelid = $1::regclass`,
    [vectorTable],
  )
  const present = new Set(rows.map(({ name }) => name))
  return dims
    .filter((length) => !present.has(indexPrefix + String(length)))
    .map((length) => {
      const type = `${types}.${indexedType(length)}`
      return `create index ${indexPrefix}${String(length)} on ${vectorTable} using hnsw ((vector::${type}(${String(length)})) ${type}_ip_ops) with (ef_construction = ${String(breadthOfBuilding)}) where dims = ${String(length)}`
    })
}
