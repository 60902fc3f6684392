import { closeSync, ftruncateSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { appendFile, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isKnownDead, thisProcess, type Logger } from '@guildhall/kernel'
import { readLine, writeLine, type SpoolLine } from './spooled-call.ts'

export interface SpoolOptions {
  /** Folder of this installation's spool; made with mode 0700. */
  folder: string
  /** Writes calls to the database; may be given a call twice. */
  write(calls: readonly SpoolLine[]): Promise<void>
  /** Whether an error of `write` says that a call itself cannot be written, so that trying again is of no use. */
  isRefusal?: (error: unknown) => boolean
  log: Logger
  /** Milliseconds from the first call to its write. */
  flushMs?: number
  /** Calls that are written at once. */
  batch?: number
}

/**
 * Calls that are journaled off the path of their answers: a line in a file before the answer is given, rows in the
 * database a moment later. The file survives the process; the next one writes what is left.
 */
export interface Spool {
  /**
   * On disk (in the memory of the operating system) when this returns.
   * @throws the error of the disk; nothing was taken then
   */
  append(line: SpoolLine): void
  /** Lines that are not in the database yet. */
  readonly waiting: number
  /** Resolves when all that was appended before is in the database. */
  flush(): Promise<void>
  /** Writes what dead processes have left behind. @returns how many calls */
  recover(): Promise<number>
  close(): Promise<void>
}

interface Segment {
  path: string
  fd: number
  bytes: number
  /** Null once there are too many to hold: read back from the file. */
  lines: SpoolLine[] | null
  count: number
}

/** Lines held in memory while the database is away; more are read back from their files. */
const heldLines = 4_000
const longestPauseMs = 30_000
/** Calls that the database will never take, for a person to look at; not read again. */
const refusedFile = 'refused.jsonl'
/** Process ids have colons, which some file systems refuse. */
const fileName = (owner: string, number: number) => `${owner.replaceAll(':', '~')}.${String(number)}.ndjson`
const ownerOf = (name: string) => name.replace(/\.\d+\.ndjson$/, '').replaceAll('~', ':')

export function openSpool(options: SpoolOptions): Spool {
  const { folder, log, isRefusal = () => false, flushMs = 200, batch = 400 } = options
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  let current: Segment | null = null
  let number = 0
  let waiting = 0
  let timer: NodeJS.Timeout | undefined
  let pauseMs = 0
  let flushing: Promise<void> | null = null
  const full: Segment[] = []
  /** Begun and not ended: kept over from segment to segment, so that a crash finds them. */
  const open = new Map<string, SpoolLine>()

  function segment(): Segment {
    if (current) return current
    const path = join(folder, fileName(thisProcess, number++))
    current = { path, fd: openSync(path, 'ax', 0o600), bytes: 0, lines: [], count: 0 }
    for (const line of open.values()) put(current, writeLine(line))
    return current
  }

  function append(line: SpoolLine): void {
    const into = segment()
    put(into, writeLine(line))
    if (line.type === 'begin') {
      open.set(line.id, line)
      return
    }
    open.delete(line.id)
    into.count++
    waiting++
    if (into.lines && waiting <= heldLines) into.lines.push(line)
    else into.lines = null
    if (into.count >= batch) rotate()
    schedule()
  }

  function rotate(): void {
    if (!current) return
    closeSync(current.fd)
    full.push(current)
    current = null
    // What is open must be in a file at any moment; the old file goes when its calls are written.
    if (open.size > 0) segment()
  }

  function schedule(): void {
    if (timer || flushing) return
    const soon = full.length > 0 ? 0 : flushMs
    timer = setTimeout(() => {
      timer = undefined
      flush().catch(() => undefined)
    }, pauseMs || soon)
    timer.unref()
  }

  /** One call that the database refuses must not hold up all others: it is kept aside, and the log says where. */
  async function writeLines(lines: readonly SpoolLine[]): Promise<void> {
    try {
      await options.write(lines)
    } catch (error) {
      const [line] = lines
      if (!line || !isRefusal(error)) throw error
      if (lines.length > 1) for (const each of lines) await writeLines([each])
      else {
        const path = join(folder, refusedFile)
        await appendFile(path, writeLine(line), { mode: 0o600 })
        log.error({ err: error, run: line.id, path }, 'a journaled call was refused by the database and is kept aside')
      }
    }
  }

  async function writeSegment(one: Segment): Promise<void> {
    const lines = one.lines ?? (await readEnds(one.path))
    for (let from = 0; from < lines.length; from += batch) await writeLines(lines.slice(from, from + batch))
    await rm(one.path, { force: true })
    waiting -= one.count
  }

  async function flushAll(): Promise<void> {
    if (current && current.count > 0) rotate()
    for (let one = full[0]; one; one = full[0]) {
      await writeSegment(one)
      full.shift()
    }
  }

  function flush(): Promise<void> {
    flushing ??= flushAll()
      .then(
        () => {
          pauseMs = 0
        },
        (error: unknown) => {
          pauseMs = Math.min(longestPauseMs, Math.max(500, pauseMs * 2))
          log.error({ err: error, waiting, nextTryMs: pauseMs }, 'journaled calls wait on disk for the database')
          throw error
        },
      )
      .finally(() => {
        flushing = null
        if (waiting > 0) schedule()
      })
    return flushing
  }

  async function drain(): Promise<void> {
    while (waiting > 0) await flush()
  }

  async function recover(): Promise<number> {
    let recovered = 0
    const names = (await readdir(folder)).filter((name) => name.endsWith('.ndjson') && isKnownDead(ownerOf(name)))
    const lines = (await Promise.all(names.map((name) => readLines(join(folder, name))))).flat()
    const ended = new Set(lines.flatMap((line) => (line.type === 'end' ? [line.id] : [])))
    const begun = new Map(
      lines.flatMap((line) => (line.type === 'begin' && !ended.has(line.id) ? [[line.id, line]] : [])),
    )
    const calls = [...lines.filter((line) => line.type === 'end'), ...begun.values()]
    for (let from = 0; from < calls.length; from += batch) {
      await writeLines(calls.slice(from, from + batch))
      recovered += Math.min(batch, calls.length - from)
    }
    for (const name of names) await rm(join(folder, name), { force: true })
    return recovered
  }

  async function readLines(path: string): Promise<SpoolLine[]> {
    const text = await readFile(path, 'utf8')
    return text.split('\n').flatMap((row, at) => {
      if (row === '') return []
      const line = readLine(row)
      if (!line) log.warn({ path, line: at + 1 }, 'a line of the journal was cut by the end of its process')
      return line ? [line] : []
    })
  }

  const readEnds = async (path: string) => (await readLines(path)).filter((line) => line.type === 'end')

  return {
    append,
    get waiting() {
      return waiting
    },
    flush: drain,
    recover,
    async close() {
      clearTimeout(timer)
      // What the database does not take now stays on disk for the next start.
      await drain().catch(() => undefined)
      clearTimeout(timer)
      if (!current) return
      closeSync(current.fd)
      if (open.size === 0 && current.count === 0) await rm(current.path, { force: true })
    },
  }
}

/** Writes a whole line or nothing of it: a full disk may take half of one, on which the next would be written. */
function put(segment: Segment, line: string): void {
  const bytes = Buffer.from(line)
  try {
    for (let from = 0; from < bytes.length;) from += writeSync(segment.fd, bytes, from)
  } catch (error) {
    ftruncateSync(segment.fd, segment.bytes)
    throw error
  }
  segment.bytes += bytes.length
}
