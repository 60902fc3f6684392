import { createInterface } from 'node:readline'
import { Client } from 'pg'
import { startEmbeddedPostgres } from '../embedded-postgres.ts'

// A process of its own that uses an embedded PostgreSQL, for tests that kill it.
// Arguments: data folder. Says `ready <json>`, then obeys lines on standard input: `insert`, `stop`.
const [, , dataDir = ''] = process.argv
const say = (word: string, value: unknown) => process.stdout.write(`${word} ${JSON.stringify(value)}\n`)
const log = { info: () => undefined, warn: (fields: object, message: string) => say('warn', { message, ...fields }) }

const postgres = await startEmbeddedPostgres({ dataDir, log }).catch((error: unknown) => {
  say('failed', { name: error instanceof Error ? error.name : '', message: String(error) })
  process.exit(1)
})
say('ready', { ...postgres, postmasterPid: postgres.postmasterPid, uid: process.getuid?.() })

/** Inserts without end and says each number only after the database has acknowledged it. */
async function insertForever(): Promise<void> {
  const client = new Client({ connectionString: postgres.ownerUrl })
  client.on('error', () => undefined)
  await client.connect()
  await client.query('create table if not exists acknowledged (n bigint primary key)')
  try {
    for (let n = 1; ; n++) {
      await client.query('insert into acknowledged values ($1)', [n])
      say('acknowledged', n)
    }
  } catch (error) {
    say('interrupted', { message: String(error) })
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'insert') void insertForever()
  if (line === 'stop') {
    await postgres.stop()
    say('stopped', {})
    process.exit(0)
  }
}
