import { readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/** The operating-system account that PostgreSQL runs as. */
export interface Account {
  uid: number
  gid: number
}

/**
 * PostgreSQL refuses to run as root, so root hands it to an account that exists already: `postgres`, else `nobody`.
 * Null when this process is not root and PostgreSQL simply runs as the same user.
 *
 * @param dataFolder an existing cluster keeps the account that owns it, also when the container image changes.
 */
export function unprivilegedAccount(dataFolder: string): Account | null {
  if (process.getuid?.() !== 0) return null
  try {
    const { uid, gid } = statSync(dataFolder)
    if (uid !== 0) return { uid, gid }
  } catch {
    // No cluster yet.
  }
  const accounts = passwdEntries()
  return accounts.get('postgres') ?? accounts.get('nobody') ?? { uid: 65534, gid: 65534 }
}

function passwdEntries(): Map<string, Account> {
  const accounts = new Map<string, Account>()
  let text = ''
  try {
    text = readFileSync('/etc/passwd', 'utf8')
  } catch {
    return accounts
  }
  for (const line of text.split('\n')) {
    const [name, , uid, gid] = line.split(':')
    if (name && Number(uid) > 0 && Number(gid) > 0) accounts.set(name, { uid: Number(uid), gid: Number(gid) })
  }
  return accounts
}

/** Whether the account may pass through every folder above `path` by its permission bits (access lists are not read). */
export function mayReach(account: Account, path: string): boolean {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const { uid, gid, mode } = statSync(folder)
    const execute = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001
    if ((mode & execute) === 0) return false
    if (folder === dirname(folder)) return true
  }
}
