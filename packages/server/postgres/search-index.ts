import type { Client } from 'pg'

/**
 * Lets full-text search use its GIN indexes under row-level security.
 *
 * PostgreSQL evaluates a condition before a security policy, and so by an index, only when its function is marked
 * leakproof: otherwise an error or notice of it could tell of rows that the policy hides. `@@` (`ts_match_vq`) is not
 * marked, so that each search reads all rows of the tenant. It may be: the function (`tsvector_op.c`) raises nothing that
 * depends on the contents of the tsvector. What it can raise is a stack too deep (of the query's nesting, which the
 * caller wrote), an operator that the query cannot hold, too little memory, and a damaged stored value, as `=` of texts
 * can, which is marked leakproof. It is the same judgement for all its callers, so it is made once per database.
 */
export const markSearchLeakproof = 'ALTER FUNCTION pg_catalog.ts_match_vq(tsvector, tsquery) LEAKPROOF'

/** Whether searches of this database can use their indexes. */
export async function searchUsesIndex(client: Pick<Client, 'query'>): Promise<boolean> {
  const { rows } = await client.query<{ leakproof: boolean }>(
    `select proleakproof as leakproof from pg_proc where oid = 'pg_catalog.ts_match_vq(tsvector, tsquery)'::regprocedure`,
  )
  return rows[0]?.leakproof ?? false
}
