import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { createLogger, parseConfig } from '@guildhall/kernel'
import { restoreBackup } from '../backup/index.ts'
import { migrationsFolder } from '../schema-files.ts'
import { migrateStore, openStore } from '../store.ts'
import type { Command } from './commands.ts'

export const restore: Command = {
  name: 'restore',
  usage: 'restore <file.tar.zst> [--force]',
  summary: 'Put a backup back; refuses a store that holds data unless --force is given',
  async run(args) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { force: { type: 'boolean', default: false } },
    })
    const [from] = positionals
    if (!from) throw new Error('Name the archive: guildhall restore nightly.tar.zst')
    const config = parseConfig(process.env)
    const log = createLogger('warn')
    const store = await openStore(config, log, () => undefined)
    try {
      await migrateStore(store, config, log, () => undefined)
      const result = await restoreBackup({
        connection: { connectionString: store.adminUrl },
        filesDir: config.filesDir,
        keysDir: config.secretsDir,
        from: resolve(from),
        force: values.force,
        migrations: {
          folder: migrationsFolder,
          migrateForward: () => migrateStore(store, config, log, () => undefined),
        },
        log,
      })
      console.log(
        `Restored the backup of ${result.createdAt}: ${String(result.rows)} rows of ${String(result.tables)} tables, ${String(result.files)} files`,
      )
      if (result.migrated) console.log('An older version had made it: its rows were brought up to this one')
      return 0
    } finally {
      await store.stop()
    }
  },
}
