import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { createLogger, parseConfig } from '@guildhall/kernel'
import { createBackup } from '../backup/index.ts'
import { migrateStore, openStore } from '../store.ts'
import type { Command } from './commands.ts'

export const backup: Command = {
  name: 'backup',
  usage: 'backup <file.tar.zst> [--with-keys]',
  summary: 'Write database and files into one archive, while the server runs',
  async run(args) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { 'with-keys': { type: 'boolean', default: false }, exclusive: { type: 'boolean', default: false } },
    })
    const [out] = positionals
    if (!out) throw new Error('Name the archive: guildhall backup nightly.tar.zst')
    const config = parseConfig(process.env)
    const log = createLogger('warn')
    const store = await openStore(config, log, () => undefined)
    try {
      await migrateStore(store, config, log, () => undefined)
      const result = await createBackup({
        connection: { connectionString: store.adminUrl },
        filesDir: config.filesDir,
        keysDir: config.secretsDir,
        out: resolve(out),
        withKeys: values['with-keys'],
        exclusive: values.exclusive,
        log,
      })
      console.log(
        `${result.path}: ${String(result.rows)} rows of ${String(result.tables)} tables, ${String(result.files)} files, ${(result.bytes / 1e6).toFixed(1)} MB`,
      )
      console.log(
        result.keys === 'included'
          ? 'The archive HOLDS THE KEYS: whoever has it can read everything.'
          : `The keys are not in the archive. Keep a copy of ${config.secretsDir} in another place; without it sealed data stays unreadable.`,
      )
      for (const warning of result.warnings) console.warn(warning)
      return 0
    } finally {
      await store.stop()
    }
  },
}
