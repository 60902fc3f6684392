import type { Broadcast, Context } from '@guildhall/kernel'
import { and, eq, gt } from 'drizzle-orm'
import { callCache } from '../schema.ts'

/**
 * Which calls of a route the table has an answer for, so that those it has none for do not wait for the database. Read
 * once, then kept up to date by notices; while notices do not arrive nothing is known.
 */
export interface KnownHashes {
  /** False = the table certainly has none. */
  mayHave(ctx: Context, route: string, hash: string): boolean
  add(tenantId: string, route: string, hash: string): void
  clear(tenantId: string): void
}

interface Known {
  hashes: Set<string>
  /** False until all of the table has been read. */
  complete: boolean
  epoch: number
}

/** With more answers than this a route is not kept track of: its calls ask the database. */
const maxHashes = 50_000
const maxRoutes = 1_000
/** Enough to tell them apart: a mistake costs one look at the table. */
const keptCharacters = 12

const short = (hash: string) => hash.slice(0, keptCharacters)

export function createKnownHashes(broadcast: Broadcast): KnownHashes {
  const routes = new Map<string, Known>()

  async function read(ctx: Context, route: string, known: Known): Promise<void> {
    const rows = await ctx.transaction(
      (tx) =>
        tx.db
          .select({ hash: callCache.requestHash })
          .from(callCache)
          .where(
            and(eq(callCache.tenantId, ctx.tenant.id), eq(callCache.route, route), gt(callCache.expiresAt, ctx.now())),
          )
          .limit(maxHashes),
      { readOnly: true },
    )
    for (const { hash } of rows) known.hashes.add(short(hash))
    known.complete = rows.length < maxHashes
  }

  return {
    mayHave(ctx, route, hash) {
      if (!broadcast.live) return true
      const name = `${ctx.tenant.id}|${route}`
      const known = routes.get(name)
      if (known && known.epoch === broadcast.epoch) {
        if (!known.complete || known.hashes.size > maxHashes) return true
        return known.hashes.has(short(hash))
      }
      if (routes.size >= maxRoutes) routes.clear()
      const fresh: Known = { hashes: new Set(), complete: false, epoch: broadcast.epoch }
      routes.set(name, fresh)
      read(ctx, route, fresh).catch((error: unknown) => {
        routes.delete(name)
        ctx.log.warn({ err: error }, 'cache of calls not read')
      })
      return true
    },
    add(tenantId, route, hash) {
      routes.get(`${tenantId}|${route}`)?.hashes.add(short(hash))
    },
    clear(tenantId) {
      for (const name of routes.keys()) if (name.startsWith(`${tenantId}|`)) routes.delete(name)
    },
  }
}
