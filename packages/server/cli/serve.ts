import { parseArgs } from 'node:util'
import { createLogger, parseConfig } from '@guildhall/kernel'
import { ensureConsole } from '../ensure-console.ts'
import { firstStart, prepareAgency } from '../first-start.ts'
import { startInstallation } from '../installation.ts'
import { version } from '../version.ts'
import type { Command } from './commands.ts'
import { consoleDir } from './console-dir.ts'

export const serve: Command = {
  name: 'serve',
  usage: 'serve [--no-build]',
  summary: 'Start everything and print the link; --no-build serves the console as it was last built',
  async run(args) {
    const { values } = parseArgs({ args, options: { 'no-build': { type: 'boolean', default: false } } })
    const started = performance.now()
    const config = parseConfig(process.env)
    const log = createLogger(config.GUILDHALL_LOG_LEVEL)
    const progress = (text: string) =>
      console.log(`  ${((performance.now() - started) / 1000).toFixed(1).padStart(5)} s  ${text}`)
    console.log(`Guildhall ${version}`)
    // The console builds beside the database; both take seconds on a first start and wait for nothing from each other.
    const console_ = values['no-build'] ? Promise.resolve() : ensureConsole(progress)
    const installation = await startInstallation({ config, log, progress, consoleDir, prepare: prepareAgency })
    try {
      await console_
      const { link, notes } = await firstStart(installation, progress)
      const { runtime, store, url } = installation
      const rows: [string, string, string][] = [
        ['Database', config.DATABASE_URL ? 'external' : 'embedded', store.label],
        ['Vector search', store.vector ? 'external' : 'embedded', store.vectorDetail],
        ['Files', 'embedded', config.filesDir],
        ['Mail', config.SMTP_URL ? 'external' : 'embedded', config.SMTP_URL ? 'SMTP' : 'mailbox in the console'],
        ['Jobs', 'embedded', 'in the database'],
        ['Models', 'embedded', 'built-in extractive answers; providers by key in Settings'],
      ]
      console.log('')
      for (const [part, where, what] of rows) console.log(`  ${part.padEnd(14)} ${where.padEnd(9)} ${what}`)
      console.log(`\n  Data folder    ${runtime.config.dataDir}`)
      console.log(`  Listening on   ${url}   (API reference: ${url}/docs)`)
      for (const note of notes) console.log(`  ${note}`)
      console.log(`\n  Open           ${link}\n`)
      log.info({ url, ms: Math.round(performance.now() - started) }, 'Guildhall is ready')
    } catch (error) {
      await installation.stop()
      throw error
    }
    await stopped(async (signal) => {
      log.info({ signal }, 'Shutting down')
      await installation.stop()
    })
    return 0
  },
}

/** Resolves when the process was asked to stop and has stopped; a second signal ends it at once. */
function stopped(stop: (signal: string) => Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    let asked = false
    const onSignal = (signal: string) => {
      if (asked) process.exit(130)
      asked = true
      void stop(signal).then(resolve)
    }
    process.on('SIGINT', onSignal)
    process.on('SIGTERM', onSignal)
  })
}
