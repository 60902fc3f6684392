import { execFileSync } from 'node:child_process'
import { rmdirSync } from 'node:fs'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { withAdmin } from './create-database.ts'
import { startEmbeddedPostgres, type EmbeddedPostgres } from './embedded-postgres.ts'
import { writeStoreMarker } from './store-marker.ts'

let dataDir: string
let postgres: EmbeddedPostgres
const said: object[] = []
const log = { info: (fields: object) => void said.push(fields), warn: () => undefined }

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'gh-snapshot-'))
  postgres = await startEmbeddedPostgres({ dataDir, log })
  await writeStoreMarker(dataDir, { createdAt: '2026-01-02T03:04:05.000Z', clusterId: postgres.clusterId })
  await withAdmin(postgres.ownerUrl, (owner) =>
    owner.query(
      `create table pairs (n int, half text); insert into pairs select n, side from generate_series(1, 20000) n, unnest(array['left', 'right']) side`,
    ),
  )
})

afterAll(async () => {
  await postgres.stop()
  await rm(dataDir, { recursive: true, force: true })
})

describe('a snapshot', () => {
  test('taken while rows are written holds every earlier row and no half transaction, and starts as a data folder', async () => {
    const writing = new AbortController()
    let committed = 20_000
    const writer = withAdmin(postgres.ownerUrl, async (owner) => {
      while (!writing.signal.aborted) {
        committed++
        await owner.query(`insert into pairs values (${committed}, 'left'), (${committed}, 'right')`)
      }
    })
    const before = committed
    const path = await postgres.snapshot()
    const after = committed
    writing.abort()
    await writer
    expect(path.startsWith(join(dataDir, 'snapshots'))).toBe(true)
    expect((await stat(path)).mode & 0o777).toBe(0o700)
    expect(said).toContainEqual({ snapshot: path, megabytes: expect.any(Number) })
    const copy = await startEmbeddedPostgres({ dataDir: path, log })
    try {
      expect(copy.clusterId).toBe(postgres.clusterId)
      const found = await withAdmin(
        copy.ownerUrl,
        async (owner) =>
          (
            await owner.query(
              'select count(*)::int as rows, count(distinct n)::int as pairs, max(n) as last from pairs',
            )
          ).rows[0],
      )
      expect(found.rows).toBe(found.pairs * 2)
      expect(found.pairs).toBe(found.last)
      expect(found.last).toBeGreaterThanOrEqual(before - 1)
      expect(found.last).toBeLessThanOrEqual(after)
    } finally {
      await copy.stop()
    }
    expect(
      await withAdmin(
        postgres.adminUrl,
        async (admin) => (await admin.query('select count(*)::int as n from pg_replication_slots')).rows,
      ),
    ).toEqual([{ n: 0 }])
  })

  test('is one of three: older ones are removed', async () => {
    for (let n = 0; n < 4; n++) await postgres.snapshot()
    const names = await readdir(join(dataDir, 'snapshots'))
    expect(names).toHaveLength(3)
    expect(names.every((name) => /^\d{4}-\d\d-\d\dT/.test(name))).toBe(true)
  })

  test('is refused beforehand when the disk has no room for it', async ({ skip }) => {
    const place = smallDisk() ?? skip('mounting a small disk is not allowed here')
    try {
      const small = await startEmbeddedPostgres({ dataDir: place, log })
      const refusal = small.snapshot()
      await expect(refusal).rejects.toMatchObject({
        problem: 'no-space',
        message: expect.stringMatching(/needs 0\.\d+ GiB, .* has 0\.\d+ GiB free/),
      })
      expect(await readdir(join(place, 'snapshots'))).toEqual([])
      await small.stop()
    } finally {
      execFileSync('/bin/umount', [place])
      await rm(place, { recursive: true })
    }
  })
})

/** A file system of 128 MiB; null where mounting is not allowed (most containers). */
function smallDisk(): string | null {
  if (process.getuid?.() !== 0 || process.platform !== 'linux') return null
  const place = execFileSync('mktemp', ['-d'], { encoding: 'utf8' }).trim()
  try {
    execFileSync('/bin/mount', ['-t', 'tmpfs', '-o', 'size=128m', 'tmpfs', place], { stdio: 'ignore' })
    return place
  } catch {
    rmdirSync(place)
    return null
  }
}
