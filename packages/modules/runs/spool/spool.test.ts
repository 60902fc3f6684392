import { mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync, appendFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLogger, newId } from '@guildhall/kernel'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openSpool, type Spool, type SpoolOptions } from './open-spool.ts'
import type { SpoolLine } from './spooled-call.ts'

let folder: string
let spool: Spool | undefined
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'spool-'))
})
afterEach(async () => {
  await spool?.close()
  rmSync(folder, { recursive: true, force: true })
})

const log = createLogger('silent')
const line = (id: string, type: 'begin' | 'end' = 'end'): SpoolLine => ({
  v: 1,
  type,
  id,
  call: {
    tenant: { id: newId(), kind: 'client', slug: 'alpha', name: 'Alpha', agencyId: newId() },
    run: { id } as SpoolLine['call']['run'],
    steps: [],
    attempts: [],
    usage: [],
    payloads: [],
  },
})
const open = (write: SpoolOptions['write'], more: Partial<SpoolOptions> = {}) =>
  (spool = openSpool({ folder, write, log, flushMs: 5, ...more }))

/** Gives the files of this process to one that has ended. */
function killProcess(): void {
  for (const name of readdirSync(folder)) {
    const number = /\.(\d+)\.ndjson$/.exec(name)?.[1] ?? '0'
    renameSync(join(folder, name), join(folder, `${hostname()}~999999~${newId()}.${number}.ndjson`))
  }
}

describe('the spool of the journal', () => {
  it('has a call on disk, for nobody else to read, before append returns, and writes it a moment later', async () => {
    const written: string[] = []
    const one = open(async (lines) => void written.push(...lines.map(({ id }) => id)))
    one.append(line('a'))
    const [name = ''] = readdirSync(folder)
    expect(statSync(join(folder, name)).size).toBeGreaterThan(100)
    expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600)
    one.append(line('b'))
    await vi.waitFor(() => expect(written).toEqual(['a', 'b']))
    await vi.waitFor(() => expect(readdirSync(folder)).toEqual([]))
  })

  it('keeps calls while the database is away, also more than it holds in memory, and loses none', async () => {
    let away = true
    const written: string[] = []
    const one = open(
      async (lines) => {
        if (away) throw new Error('away')
        written.push(...lines.map(({ id }) => id))
      },
      { batch: 500 },
    )
    const ids = Array.from({ length: 6_000 }, (_, at) => String(at))
    for (const id of ids) one.append(line(id))
    await expect(one.flush()).rejects.toThrow('away')
    expect(one.waiting).toBe(6_000)
    away = false
    await one.flush()
    expect(written).toEqual(ids)
    expect(one.waiting).toBe(0)
  })

  it('writes after a crash what was left: whole calls, and begun ones that never ended', async () => {
    const gone = open(() => new Promise(() => undefined), { flushMs: 60_000 })
    gone.append(line('whole'))
    gone.append(line('streamed', 'begin'))
    gone.append(line('streamed'))
    gone.append(line('cut off', 'begin'))
    killProcess()
    const [name = ''] = readdirSync(folder)
    appendFileSync(join(folder, name), '{"v":1,"type":"end","id":"tor')
    const written: string[] = []
    const next = openSpool({
      folder,
      log,
      write: async (lines) => void written.push(...lines.map((l) => `${l.type} ${l.id}`)),
    })
    expect(await next.recover()).toBe(3)
    expect(written).toEqual(['end whole', 'end streamed', 'begin cut off'])
    expect(readdirSync(folder)).toEqual([])
    expect(await next.recover()).toBe(0)
    spool = undefined
  })

  it('carries begun calls over when their file is written and removed', async () => {
    const one = open(async () => undefined, { batch: 2 })
    one.append(line('long', 'begin'))
    for (const id of ['a', 'b', 'c', 'd']) one.append(line(id))
    await one.flush()
    killProcess()
    const written: string[] = []
    const next = openSpool({
      folder,
      log,
      write: async (lines) => void written.push(...lines.map((l) => `${l.type} ${l.id}`)),
    })
    await next.recover()
    expect(written).toEqual(['begin long'])
    spool = undefined
  })

  it('leaves the files of living processes alone', async () => {
    const living = `${hostname()}~${String(process.ppid)}~${newId()}.0.ndjson`
    writeFileSync(join(folder, living), `${JSON.stringify(line('theirs'))}\n`)
    const write = vi.fn(async () => undefined)
    expect(await open(write).recover()).toBe(0)
    expect(write).not.toHaveBeenCalled()
    expect(readdirSync(folder)).toEqual([living])
  })

  it('says so when the disk takes nothing', () => {
    const one = open(async () => undefined)
    rmSync(folder, { recursive: true })
    expect(() => one.append(line('a'))).toThrow('ENOENT')
    expect(one.waiting).toBe(0)
  })
})
