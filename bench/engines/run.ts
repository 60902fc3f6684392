import { fork } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { dataPath, missingData, type Score, type ScoreResult } from './score.ts'

/**
 * `npm run bench:engines [engine...]`: each engine's figures beside the published ones. Each score runs in a process of
 * its own, so that its seconds and its peak memory are its own. `--markdown` writes the tables into the README of the
 * engines.
 */
interface Measured {
  result: ScoreResult
  seconds: number
  peakMegabytes: number
}

type Message = { progress: string } | { measured: Measured }

/** A table row: the cells after `engine`. */
type Row = [dataset: string, metric: string, ours: string, published: string, source: string, time: string, mem: string]

const header: Row = ['data set', 'metric', 'ours', 'published', 'source', 'seconds', 'peak memory']
const readme = join(import.meta.dirname, '../../packages/engines/README.md')

const engineFiles = () =>
  readdirSync(import.meta.dirname)
    .filter((file) => file.endsWith('.ts') && !['run.ts', 'score.ts'].includes(file))
    .map((file) => file.slice(0, -3))

async function scoresOf(engine: string): Promise<Score[]> {
  const loaded = (await import(pathToFileURL(join(import.meta.dirname, `${engine}.ts`)).href)) as { scores?: Score[] }
  if (!loaded.scores) throw new Error('it exports no scores')
  return loaded.scores
}

/** Bytes this process held at most. On Linux `maxRSS` starts at the parent's, so the kernel's own mark is read. */
function peakBytes(): number {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]
    if (kilobytes) return Number(kilobytes) * 1024
  } catch {
    // Not Linux.
  }
  return process.resourceUsage().maxRSS * 1024
}

const tell = (message: Message) => process.send?.(message)

async function runChild(engine: string, index: number): Promise<void> {
  const score = (await scoresOf(engine))[index]
  if (!score) throw new RangeError(`${engine} has no score ${String(index)}`)
  const started = performance.now()
  const result = await score.run(dataPath, (progress) => tell({ progress }))
  const seconds = (performance.now() - started) / 1000
  tell({ measured: { result, seconds, peakMegabytes: peakBytes() / 1e6 } })
  process.disconnect?.()
}

function measure(engine: string, index: number, progress: (text: string) => void): Promise<Measured> {
  return new Promise((resolve, reject) => {
    const child = fork(import.meta.filename, ['--score', engine, String(index)], { serialization: 'advanced' })
    let measured: Measured | null = null
    child.on('message', (message: Message) => {
      if ('progress' in message) progress(message.progress)
      else measured = message.measured
    })
    child.on('error', reject)
    child.on('exit', (code, signal) => {
      if (measured) resolve(measured)
      else reject(new Error(`ended with ${signal ?? `code ${String(code)}`} before a figure was there`))
    })
  })
}

/** The line that is overwritten while a score runs; a terminal only. */
function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2K${text.slice(0, (process.stderr.columns || 80) - 1)}`)
  else if (text) process.stderr.write(`${text}\n`)
}

async function rowOf(engine: string, score: Score, index: number): Promise<Row> {
  const about = [score.dataset, score.metric] as const
  const against = [score.published, score.source] as const
  if (missingData(score).length > 0) return [...about, 'skipped (no data)', ...against, '', '']
  const label = `${engine}: ${score.dataset}, ${score.metric}`
  showProgress(`${label} ...`)
  try {
    const { result, seconds, peakMegabytes } = await measure(engine, index, (text) => showProgress(`${label}: ${text}`))
    const ours = result.ok ? result.value : `${result.value} (short of it)`
    return [...about, ours, ...against, seconds.toFixed(1), `${peakMegabytes.toFixed(0)} MB`]
  } catch (error) {
    process.exitCode = 1
    return [...about, `failed: ${error instanceof Error ? error.message : String(error)}`, ...against, '', '']
  }
}

const isNumberColumn = (column: number) => column >= 5

function markdownTable(rows: readonly Row[]): string {
  const escaped = [header, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', '\\|')))
  const widths = header.map((_, column) => Math.max(3, ...escaped.map((row) => row[column]?.length ?? 0)))
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => (isNumberColumn(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0))).join(' | ')} |`
  const rule = line(
    widths.map((width, column) => (isNumberColumn(column) ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width))),
  )
  const [head = [], ...body] = escaped
  return [line(head), rule, ...body.map(line)].join('\n')
}

/** Replaces what stands between `<!-- figures:<engine> -->` and `<!-- /figures:<engine> -->`. */
function writeMarkdown(engine: string, table: string): void {
  const [open, close] = [`<!-- figures:${engine} -->`, `<!-- /figures:${engine} -->`]
  const text = readFileSync(readme, 'utf8')
  const [from, to] = [text.indexOf(open), text.indexOf(close)]
  if (from < 0 || to < from) throw new Error(`${readme} has no place for ${engine}: add ${open} and ${close}`)
  const machine = `${String(availableParallelism())} cores, Node ${process.versions.node}`
  writeFileSync(readme, `${text.slice(0, from)}${open}\n${table}\n\nMeasured on ${machine}.\n${text.slice(to)}`)
}

async function main(args: readonly string[]): Promise<void> {
  if (args[0] === '--score') return runChild(args[1] ?? '', Number(args[2]))
  const wanted = args.filter((arg) => !arg.startsWith('--'))
  const known = engineFiles()
  const unknown = wanted.filter((engine) => !known.includes(engine))
  if (unknown.length > 0) {
    console.error(`No figures for ${unknown.join(', ')}. Known: ${known.join(', ')}`)
    process.exitCode = 2
    return
  }
  for (const engine of wanted.length > 0 ? wanted : known) {
    const rows: Row[] = []
    const scores = await scoresOf(engine).catch((error: unknown) => {
      console.error(`\n${engine} cannot be loaded: ${error instanceof Error ? error.message : String(error)}`)
      process.exitCode = 1
      return []
    })
    if (scores.length === 0) continue
    for (const [index, score] of scores.entries()) rows.push(await rowOf(engine, score, index))
    if (process.stderr.isTTY) showProgress('')
    const table = markdownTable(rows)
    console.log(`\n${engine}\n\n${table}`)
    if (args.includes('--markdown')) writeMarkdown(engine, table)
  }
}

await main(process.argv.slice(2))
