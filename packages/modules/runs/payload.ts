import { hash } from 'node:crypto'
import { insertRows, type Context, type TransactionContext } from '@guildhall/kernel'
import { sql } from 'drizzle-orm'
import { expirePayloads } from './jobs/expire-payloads.ts'
import { payloads } from './schema.ts'

/** Larger ones are named by hash and size only: recordings and images belong in files. */
const maxBytes = 1024 * 1024

export interface PreparedPayload {
  hash: string
  bytes: number
  sealed: string | null
}

/** The text that is kept of a value. Bytes become their size and hash, so that a recording is not written as digits. */
function payloadText(value: unknown): string {
  return (
    JSON.stringify(value, (_key, member: unknown) => {
      if (typeof member === 'bigint') return member.toString()
      if (ArrayBuffer.isView(member))
        return {
          bytes: member.byteLength,
          sha256: sha256(new Uint8Array(member.buffer, member.byteOffset, member.byteLength)),
        }
      return member
    }) ?? 'null'
  )
}

/** Seals before the transaction: the vault may need one of its own for the tenant's key. */
export async function preparePayload(ctx: Context, value: unknown): Promise<PreparedPayload | null> {
  if (value === undefined) return null
  let text: string
  try {
    text = payloadText(value)
  } catch (error) {
    text = JSON.stringify({ notStored: error instanceof Error ? error.message : String(error) })
  }
  const bytes = Buffer.byteLength(text)
  const hash = sha256(Buffer.from(text))
  return { hash, bytes, sealed: bytes > maxBytes ? null : await ctx.vault.seal(payloadPlace(hash), text) }
}

export function payloadPlace(hash: string) {
  return { table: 'payloads', column: 'sealed', row: hash }
}

/** Writes payloads once per content; a repeated one lives longer. Queues their deletion for the day after they expire. */
export async function storePayloads(
  ctx: TransactionContext,
  prepared: readonly (PreparedPayload | null)[],
  retentionDays: number,
): Promise<void> {
  const byHash = new Map(prepared.flatMap((payload) => (payload ? [[payload.hash, payload] as const] : [])))
  if (byHash.size === 0) return
  const expiresAt = new Date(ctx.now().getTime() + retentionDays * 86_400_000)
  const rows = [...byHash.values()].map((payload) => ({ ...payload, tenantId: ctx.tenant.id, expiresAt }))
  // In one order everywhere: two runs that store the same payloads would otherwise wait for each other.
  rows.sort((a, b) => (a.hash < b.hash ? -1 : 1))
  await insertRows(
    ctx.db,
    payloads,
    rows,
    sql`(tenant_id, hash) do update set expires_at = greatest(${payloads.expiresAt}, excluded.expires_at)`,
  )
  const day = expiresAt.toISOString().slice(0, 10)
  ctx.enqueue(expirePayloads, {}, { key: day, runAt: new Date(Date.parse(day) + 86_400_000) })
}

function sha256(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'base64url')
}
