import type { Client } from 'pg'

/**
 * Lets full-text search use its GIN indexes under row-level security.
 *
 * PostgreSQL evaluates a condition before a security policy, and so by an index, only when its function is marked
 * leakproof: otherwise an error or notice of it could tell of rows that the policy hides. `@@` (`ts_match_vq`) is not
 * marked, so that each search reads all rows of the tenant. None of its errors holds anything of a row (`tsvector_op.c`:
 * stack too deep, query cancelled, unknown operator, out of memory, and a damaged stored value, as with `=` of texts).
 *
 * What limits it: the right side of `&` is looked at only where the left one matched, so a query nested to the limit of
 * the stack could tell by its error that some row holds a word. That takes somebody who writes queries. Here nobody does:
 * searches are flat lists of words that our own code puts together. Do not mark it where others run SQL as tenants.
 */
export const markSearchLeakproof = 'ALTER FUNCTION pg_catalog.ts_match_vq(tsvector, tsquery) LEAKPROOF'

/** Whether searches of this database can use their indexes. */
export async function searchUsesIndex(client: Pick<Client, 'query'>): Promise<boolean> {
  const { rows } = await client.query<{ leakproof: boolean }>(
    `select proleakproof as leakproof from pg_proc where oid = 'pg_catalog.ts_match_vq(tsvector, tsquery)'::regprocedure`,
  )
  return rows[0]?.leakproof ?? false
}
