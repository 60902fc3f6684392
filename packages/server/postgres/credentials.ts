import { randomBytes } from 'node:crypto'
import { open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { errorCode, PostgresError } from './errors.ts'

/** Passwords of the login roles, 32 random bytes each in base64url; made at the first start, never defaults. */
export interface Credentials {
  superuser: string
  owner: string
  app: string
  auth: string
}

const names = ['superuser', 'owner', 'app', 'auth'] as const

export function credentialsPath(folder: string): string {
  return join(folder, 'credentials.json')
}

/**
 * Reads the passwords, or makes them when there is no cluster yet.
 * @param folder folder of the embedded database, beside the cluster they belong to.
 * @throws PostgresError when the cluster exists and its passwords do not.
 */
export async function loadCredentials(folder: string, clusterExists: boolean): Promise<Credentials> {
  const path = credentialsPath(folder)
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error
    if (clusterExists)
      throw new PostgresError(
        'credentials-missing',
        `${path} is missing, and the database beside it cannot be opened without. Restore the file from a backup or snapshot.`,
      )
    return await makeCredentials(path)
  }
  const value: unknown = JSON.parse(text)
  if (typeof value !== 'object' || value === null) throw damaged(path)
  const read = new Map<string, unknown>(Object.entries(value))
  const password = (name: (typeof names)[number]) => {
    const found = read.get(name)
    if (typeof found !== 'string' || found === '') throw damaged(path)
    return found
  }
  return { superuser: password('superuser'), owner: password('owner'), app: password('app'), auth: password('auth') }
}

function makePassword(): string {
  return randomBytes(32).toString('base64url')
}

async function makeCredentials(path: string): Promise<Credentials> {
  const credentials: Credentials = {
    superuser: makePassword(),
    owner: makePassword(),
    app: makePassword(),
    auth: makePassword(),
  }
  const draft = `${path}.${process.pid}`
  const file = await open(draft, 'w', 0o600)
  try {
    await file.writeFile(`${JSON.stringify(credentials, null, 2)}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(draft, path)
  return credentials
}

function damaged(path: string): PostgresError {
  return new PostgresError(
    'credentials-missing',
    `${path} does not hold the passwords ${names.join(', ')}. Restore the file from a backup or snapshot.`,
  )
}
