import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Pool } from 'pg'
import { describe, expect, test, vi } from 'vitest'
import { isGone, one, programOf, useDataFolder } from './testing/data-folder.ts'

const folder = useDataFolder()

describe('after a crash', () => {
  test('adopts the server that a killed process left behind, and stops it in the end', async () => {
    folder.usePrepared()
    const child = folder.startProcess()
    const ready = await child.ready
    await child.kill()
    expect(await programOf(ready.postmasterPid)).toContain('postgres')
    const postgres = await folder.start()
    expect(postgres.adopted).toBe(true)
    expect(postgres.postmasterPid).toBe(ready.postmasterPid)
    expect(await one(postgres.appUrl, 'select 1 as n')).toEqual({ n: 1 })
    await postgres.stop()
    expect(await isGone(ready.postmasterPid)).toBe(true)
  })

  test('waits for a server that has not said yet where it listens, instead of trying another one on the usual port', async () => {
    folder.usePrepared()
    const first = await folder.start()
    const pidFile = join(folder.path, 'postgres/18/postmaster.pid')
    const whole = await readFile(pidFile, 'utf8')
    await writeFile(pidFile, `${whole.split('\n').slice(0, 4).join('\n')}\n\n`)
    const second = folder.start()
    expect(await Promise.race([second.then(() => 'started'), sleep(500).then(() => 'waiting')])).toBe('waiting')
    await writeFile(pidFile, whole)
    expect(await second).toMatchObject({ adopted: true, appUrl: first.appUrl })
  })

  test('starts again right after the server and its process were killed', async () => {
    folder.usePrepared()
    const child = folder.startProcess()
    const ready = await child.ready
    process.kill(ready.postmasterPid, 'SIGKILL')
    await child.kill()
    const postgres = await folder.start()
    expect(postgres.adopted).toBe(false)
    expect(await one(postgres.appUrl, 'select 1 as n')).toEqual({ n: 1 })
  })

  test('brings a killed server back under the running process, on the same address', async () => {
    folder.usePrepared()
    const postgres = await folder.start()
    const pool = new Pool({ connectionString: postgres.appUrl })
    pool.on('error', () => undefined)
    try {
      await pool.query('select 1')
      const killed = postgres.postmasterPid
      process.kill(killed, 'SIGKILL')
      await vi.waitFor(() => pool.query('select 1'), { timeout: 15_000, interval: 100 })
      await vi.waitFor(() => expect(postgres.postmasterPid).not.toBe(killed), { timeout: 15_000 })
    } finally {
      await pool.end()
    }
  })

  test.each(['server', 'process', 'both'])('loses no acknowledged insert when the %s is killed', async (victim) => {
    folder.usePrepared()
    const child = folder.startProcess()
    const ready = await child.ready
    child.tell('insert')
    await vi.waitFor(() => expect(child.acknowledged.length).toBeGreaterThan(200), { timeout: 15_000 })
    if (victim !== 'process') process.kill(ready.postmasterPid, 'SIGKILL')
    if (victim === 'server') await sleep(200)
    await child.kill()
    const postgres = await folder.start()
    const found = await one<{ n: string; last: string }>(
      postgres.ownerUrl,
      'select count(*) as n, max(n) as last from acknowledged',
    )
    expect(Number(found.n)).toBeGreaterThanOrEqual(child.acknowledged.length)
    expect(found.n).toBe(found.last)
  })
})

describe('two processes on one data folder', () => {
  test('share one server, and the last one to leave stops it', async () => {
    folder.usePrepared()
    const mine = await folder.start()
    const child = folder.startProcess()
    const ready = await child.ready
    expect(ready.adopted).toBe(true)
    expect(ready.postmasterPid).toBe(mine.postmasterPid)
    await mine.stop()
    await mine.stop()
    expect(await one(ready.appUrl, 'select 1 as n')).toEqual({ n: 1 })
    child.tell('stop')
    await child.ended
    expect(await isGone(ready.postmasterPid)).toBe(true)
  })

  test('a killed process does not count as a user any more', async () => {
    folder.usePrepared()
    const mine = await folder.start()
    const child = folder.startProcess()
    await child.ready
    await child.kill()
    await mine.stop()
    expect(await isGone(mine.postmasterPid)).toBe(true)
  })

  test('that make the first start together agree on one cluster', async () => {
    const children = [folder.startProcess(), folder.startProcess(), folder.startProcess()]
    const ready = await Promise.all(children.map((child) => child.ready))
    expect(new Set(ready.map((each) => each.postmasterPid)).size).toBe(1)
    expect(new Set(ready.map((each) => each.appUrl)).size).toBe(1)
    expect(ready.filter((each) => !each.adopted)).toHaveLength(1)
    for (const child of children) child.tell('stop')
    await Promise.all(children.map((child) => child.ended))
    expect(await isGone(ready[0]?.postmasterPid ?? 0)).toBe(true)
  })
})
