import { escapeIdentifier, type Client } from 'pg'
import { errorCode } from '../postgres/errors.ts'
import { BackupError } from './backup-error.ts'
import { listTables, qualified } from './table-catalogue.ts'

/**
 * A superuser or a role with BYPASSRLS reads everything while the product works on. For the owner of the tables,
 * forced row-level security is taken off inside this transaction, which is rolled back in the end: no other session ever
 * sees it off and a crash cannot leave it off, at the price of locking the tables meanwhile. (A policy for backups
 * would have to be made and removed in committed transactions, and one restrictive policy would hide rows unnoticed.)
 * In either case `row_security = off` turns a row that a policy would hide into an error.
 */
export async function makeAllRowsVisible(client: Client, exclusive: boolean): Promise<void> {
  const role = await client.query<{ name: string; bypasses: boolean }>(
    'select rolname as name, rolsuper or rolbypassrls as bypasses from pg_roles where rolname = current_user',
  )
  const { name = '', bypasses = false } = role.rows[0] ?? {}
  if (!bypasses) {
    const hidden = (await listTables(client)).filter((table) => table.secured && (table.forced || !table.owned))
    const foreign = hidden.filter((table) => !table.owned)
    if (foreign.length > 0 || (hidden.length > 0 && !exclusive))
      throw new BackupError(
        'row-level-security',
        `The role ${name} does not see all rows of ${hidden.length} tables (${foreign.length} of them belong to another role). ` +
          `Let a superuser run \`ALTER ROLE ${escapeIdentifier(name)} BYPASSRLS\`, or log in as a role that has it` +
          (foreign.length > 0
            ? '.'
            : '; or stop Guildhall and make the backup with --exclusive, which locks the tables meanwhile.'),
      )
    for (const table of hidden) await client.query(`alter table ${qualified(table)} no force row level security`)
  }
  await client.query('set local row_security = off')
}

/** `lock_timeout` ran out, or two sessions waited for each other. */
export function isLockFailure(error: unknown): boolean {
  return errorCode(error) === '55P03' || errorCode(error) === '40P01'
}
