import { createLogger, parseConfig } from '@guildhall/kernel'
import { migrateStore, openStore } from '../store.ts'
import type { Command } from './commands.ts'

export const migrate: Command = {
  name: 'migrate',
  usage: 'migrate',
  summary: 'Bring the database up to this version, then stop',
  async run() {
    const config = parseConfig(process.env)
    const log = createLogger(config.GUILDHALL_LOG_LEVEL)
    const progress = (text: string) => console.log(`  ${text}`)
    const store = await openStore(config, log, progress)
    try {
      await migrateStore(store, config, log, progress)
      console.log(`  ${store.label} is up to date`)
    } finally {
      await store.stop()
    }
  },
}
