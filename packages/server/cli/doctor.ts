import { access, constants, mkdir, stat, statfs } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { ConfigError, createLogger, parseConfig, type Config } from '@guildhall/kernel'
import pg from 'pg'
import { needsBuildOf } from '../ensure-console.ts'
import { markSearchLeakproof, searchUsesIndex } from '../postgres/index.ts'
import { openStore, type Store } from '../store.ts'
import type { Command } from './commands.ts'
import { consoleDir } from './console-dir.ts'

interface Finding {
  part: string
  state: 'ok' | 'note' | 'fail'
  detail: string
  fix?: string
}

export const doctor: Command = {
  name: 'doctor',
  usage: 'doctor',
  summary: 'Check everything this installation stands on and name the fix for what is missing',
  async run() {
    const findings: Finding[] = []
    const note = (finding: Finding) => {
      findings.push(finding)
      const mark = { ok: 'ok  ', note: 'note', fail: 'FAIL' }[finding.state]
      console.log(
        `  ${mark}  ${finding.part.padEnd(15)} ${finding.detail}${finding.fix ? `\n${' '.repeat(24)}-> ${finding.fix}` : ''}`,
      )
    }
    let config: Config
    try {
      config = parseConfig(process.env)
      note({ part: 'Configuration', state: 'ok', detail: 'every variable is valid' })
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      note({ part: 'Configuration', state: 'fail', detail: error.message, fix: `correct ${error.variable}` })
      return 1
    }
    note(runtimeVersion())
    note(await dataFolder(config))
    note(await disk(config))
    note(await secretModes(config))
    note(await port(config))
    for (const finding of await database(config)) note(finding)
    note(await mail(config))
    note(providers(config))
    note(await consoleBuild())
    const failed = findings.filter((finding) => finding.state === 'fail').length
    console.log(failed === 0 ? '\n  Nothing stands in the way.' : `\n  ${String(failed)} to mend.`)
    return failed === 0 ? 0 : 1
  },
}

function runtimeVersion(): Finding {
  const [major = 0] = process.versions.node.split('.').map(Number)
  return major >= 26
    ? { part: 'Node.js', state: 'ok', detail: process.version }
    : {
        part: 'Node.js',
        state: 'fail',
        detail: `${process.version} is older than 26`,
        fix: 'start with `npm start` or `npm run guildhall`, which use the pinned runtime',
      }
}

async function dataFolder(config: Config): Promise<Finding> {
  const part = 'Data folder'
  try {
    await mkdir(config.dataDir, { recursive: true, mode: 0o700 })
    await access(config.dataDir, constants.R_OK | constants.W_OK)
    return { part, state: 'ok', detail: config.dataDir }
  } catch (error) {
    return {
      part,
      state: 'fail',
      detail: `${config.dataDir}: ${message(error)}`,
      fix: 'make it writable for this user, or set GUILDHALL_DATA_DIR',
    }
  }
}

async function disk(config: Config): Promise<Finding> {
  const part = 'Disk'
  try {
    const { bavail, bsize } = await statfs(existsSync(config.dataDir) ? config.dataDir : '.')
    const free = bavail * bsize
    const shown = `${(free / 2 ** 30).toFixed(1)} GiB free`
    if (free < 512 * 2 ** 20)
      return { part, state: 'fail', detail: shown, fix: 'free at least 512 MiB; the database stops at a full disk' }
    return free < 5 * 2 ** 30
      ? { part, state: 'note', detail: shown, fix: 'plan more room for files and snapshots' }
      : { part, state: 'ok', detail: shown }
  } catch (error) {
    return { part, state: 'note', detail: message(error) }
  }
}

async function secretModes(config: Config): Promise<Finding> {
  const part = 'Secrets'
  for (const name of ['key-encryption-key', 'auth-secret', 'file-link-key']) {
    const path = join(config.secretsDir, name)
    if (existsSync(path) && ((await stat(path)).mode & 0o077) !== 0)
      return { part, state: 'fail', detail: `${path} can be read by others`, fix: `chmod 600 ${path}` }
  }
  return existsSync(config.secretsDir)
    ? { part, state: 'ok', detail: 'only this user can read them; back them up apart from the data' }
    : { part, state: 'ok', detail: 'will be generated at the first start' }
}

function port(config: Config): Promise<Finding> {
  const part = 'Port'
  const shown = `${config.GUILDHALL_HOST}:${String(config.GUILDHALL_PORT)}`
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', (error: Error & { code?: string }) =>
      resolve(
        error.code === 'EADDRINUSE'
          ? {
              part,
              state: 'note',
              detail: `${shown} is in use`,
              fix: 'fine when Guildhall is running; else stop the other program or set GUILDHALL_PORT',
            }
          : {
              part,
              state: 'fail',
              detail: `${shown}: ${error.message}`,
              fix: 'choose another GUILDHALL_HOST or GUILDHALL_PORT',
            },
      ),
    )
    probe.listen(config.GUILDHALL_PORT, config.GUILDHALL_HOST, () =>
      probe.close(() => resolve({ part, state: 'ok', detail: `${shown} is free` })),
    )
  })
}

async function database(config: Config): Promise<Finding[]> {
  const part = 'Database'
  let store: Store
  try {
    store = await openStore(config, createLogger('silent'), () => undefined)
  } catch (error) {
    const fix = config.DATABASE_URL
      ? 'check DATABASE_URL (and DATABASE_DIRECT_URL behind a pooler)'
      : 'see the message; DATABASE_URL uses a PostgreSQL of yours instead'
    return [{ part, state: 'fail', detail: message(error), fix }]
  }
  try {
    const client = new pg.Client({ connectionString: store.ownerUrl })
    await client.connect()
    const before = Date.now()
    const { rows } = await client.query<{ now: Date }>('select clock_timestamp() as now')
    const indexed = await searchUsesIndex(client)
    await client.end()
    const skew = Math.abs((rows[0]?.now.getTime() ?? before) - (before + Date.now()) / 2)
    return [
      { part, state: 'ok', detail: store.label },
      ...store.warnings.map((warning): Finding => ({ part, state: 'note', detail: warning })),
      store.vector
        ? { part: 'Vector search', state: 'ok', detail: store.vectorDetail }
        : {
            part: 'Vector search',
            state: 'note',
            detail: `${store.vectorDetail}; right up to about 100,000 passages per client`,
            fix: 'for more: a PostgreSQL with pgvector 0.8 or newer at DATABASE_URL',
          },
      indexed
        ? { part: 'Text search', state: 'ok', detail: 'uses its indexes' }
        : {
            part: 'Text search',
            state: 'note',
            detail: 'reads all rows of a client, since row-level security keeps it from its indexes',
            fix: `for more than about 20,000 records or passages per client, a superuser of the database runs: ${markSearchLeakproof};`,
          },
      skew > 5000
        ? {
            part: 'Clock',
            state: 'fail',
            detail: `differs from the database by ${String(Math.round(skew / 1000))} s`,
            fix: 'synchronise the clocks (NTP); one-time codes and link expiry depend on it',
          }
        : { part: 'Clock', state: 'ok', detail: `within ${String(Math.round(skew))} ms of the database` },
    ]
  } catch (error) {
    return [{ part, state: 'fail', detail: message(error) }]
  } finally {
    await store.stop()
  }
}

async function mail(config: Config): Promise<Finding> {
  const part = 'Mail'
  if (!config.SMTP_URL)
    return {
      part,
      state: 'note',
      detail: 'mails stay in the mailbox of the console',
      fix: 'set SMTP_URL and MAIL_FROM to send them',
    }
  const { verifySmtp } = await import('@guildhall/modules/notifications')
  try {
    await verifySmtp(config.SMTP_URL)
    return { part, state: 'ok', detail: `${new URL(config.SMTP_URL).host} accepts our login` }
  } catch (error) {
    return { part, state: 'fail', detail: message(error), fix: 'check SMTP_URL' }
  }
}

function providers(config: Config): Finding {
  const given = (['GEMINI_API_KEY', 'OPENAI_API_KEY', 'ANTHROPIC_API_KEY', 'HUGGINGFACE_API_KEY'] as const).filter(
    (name) => config[name],
  )
  return given.length > 0
    ? { part: 'Models', state: 'ok', detail: `keys from the environment: ${given.join(', ')}` }
    : {
        part: 'Models',
        state: 'note',
        detail: 'no key in the environment: answers are extractive unless keys are entered in Settings',
        fix: 'enter a key under Providers, or set GEMINI_API_KEY, OPENAI_API_KEY or ANTHROPIC_API_KEY',
      }
}

async function consoleBuild(): Promise<Finding> {
  const part = 'Console'
  if (!existsSync(join(consoleDir, 'index.html')))
    return { part, state: 'note', detail: 'not built yet', fix: '`npm start` builds it, or `npm run build`' }
  return (await needsBuildOf())
    ? { part, state: 'note', detail: 'older than its sources; the next start builds it' }
    : { part, state: 'ok', detail: 'built' }
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
