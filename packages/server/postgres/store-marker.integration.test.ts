import { mkdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { dropDatabase } from './create-database.ts'
import { StoreMissingError } from './errors.ts'
import { readStoreMarker, writeStoreMarker } from './store-marker.ts'
import { one, useDataFolder } from './testing/data-folder.ts'

const folder = useDataFolder()

async function mode(path: string): Promise<string> {
  return ((await stat(join(folder.path, path))).mode & 0o777).toString(8)
}

describe('the store marker', () => {
  test('lets the database that it speaks of start', async () => {
    folder.usePrepared()
    const first = await folder.start()
    await writeStoreMarker(folder.path, { createdAt: '2026-01-02T03:04:05.000Z', clusterId: first.clusterId })
    await first.stop()
    expect(await readStoreMarker(folder.path)).toEqual({
      createdAt: '2026-01-02T03:04:05.000Z',
      clusterId: first.clusterId,
    })
    expect((await folder.start()).clusterId).toBe(first.clusterId)
    expect(await mode('store.json')).toBe('600')
  })

  test.each([
    ['missing', () => rm(join(folder.path, 'postgres'), { recursive: true })],
    [
      'empty',
      () =>
        rm(join(folder.path, 'postgres/18'), { recursive: true }).then(() => mkdir(join(folder.path, 'postgres/18'))),
    ],
  ])('refuses to begin anew when the cluster is %s', async (_, lose) => {
    folder.usePrepared()
    const first = await folder.start()
    await writeStoreMarker(folder.path, { createdAt: '2026-01-02T03:04:05.000Z', clusterId: first.clusterId })
    await first.stop()
    await lose()
    const refusal = await folder.start().catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(StoreMissingError)
    expect(refusal).toMatchObject({
      message: expect.stringMatching(
        /held data since 2026-01-02.*Not starting on an empty store.*snapshots.*remove .*store\.json.*guildhall restore/,
      ),
    })
    await rm(join(folder.path, 'store.json'))
    expect(await one((await folder.start()).appUrl, 'select 1 as n')).toEqual({ n: 1 })
  })

  test('refuses another cluster in the place of the one that held the data, and a cluster whose database was dropped', async () => {
    folder.usePrepared()
    const first = await folder.start()
    await writeStoreMarker(folder.path, { createdAt: '2026-01-02T03:04:05.000Z', clusterId: '1' })
    await first.stop()
    await expect(folder.start()).rejects.toThrow(/another one/)
    await writeStoreMarker(folder.path, { createdAt: '2026-01-02T03:04:05.000Z', clusterId: first.clusterId })
    const again = await folder.start()
    await dropDatabase(again, 'guildhall')
    await again.stop()
    await expect(folder.start()).rejects.toThrow(/guildhall was removed/)
  })

  test('is not taken for granted when it is damaged', async () => {
    await writeFile(join(folder.path, 'store.json'), '{"createdAt":')
    await expect(folder.start()).rejects.toThrow(/store.json is damaged/)
  })
})
