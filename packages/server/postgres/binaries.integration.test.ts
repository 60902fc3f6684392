import { chmod, chown, cp, lstat, mkdir, mkdtemp, readdir, readlink, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { mayReach } from './account.ts'
import { installedBinaries, prepareBinaries } from './binaries.ts'
import { runProgram } from './run-program.ts'

const account = { uid: 65534, gid: 65534 }
let folder: string
let version: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gh-binaries-'))
  await chmod(folder, 0o755)
  version = (await installedBinaries()).version
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** As npm unpacks the package with install scripts disabled: without the links between library versions. */
async function unpack(place: string): Promise<string> {
  const native = join(folder, place, 'native')
  await cp((await installedBinaries()).nativeFolder, native, { recursive: true, verbatimSymlinks: true })
  for (const name of await readdir(join(native, 'lib'))) {
    const path = join(native, 'lib', name)
    if ((await lstat(path)).isSymbolicLink()) await rm(path)
  }
  return native
}

describe.runIf(process.platform === 'linux')('the installed binaries', () => {
  test('run where they are once the links between library versions are made', async () => {
    const nativeFolder = await unpack('package')
    expect(
      (await runProgram(join(nativeFolder, 'bin/postgres'), ['--version'], { cwd: '/', account: null })).code,
    ).not.toBe(0)
    const cacheFolder = join(folder, 'cache')
    const binaries = await prepareBinaries({ nativeFolder, version, cacheFolder, account: null })
    expect(binaries).toMatchObject({ postgres: join(nativeFolder, 'bin/postgres'), major: 18, version })
    expect(await readlink(join(nativeFolder, 'lib/libicuuc.so.60'))).toBe('libicuuc.so.60.2')
    await expect(stat(cacheFolder)).rejects.toMatchObject({ code: 'ENOENT' })
    expect(await prepareBinaries({ nativeFolder, version, cacheFolder, account: null })).toEqual(binaries)
  })

  test.runIf(process.getuid?.() === 0)(
    'are copied, readable for all, when the account may not reach them',
    async () => {
      const nativeFolder = await unpack('home')
      await chmod(join(folder, 'home'), 0o700)
      await chmod(join(nativeFolder, 'share'), 0o700)
      expect(mayReach(account, nativeFolder)).toBe(false)
      const before = process.umask(0o077)
      let copies = 0
      const options = {
        nativeFolder,
        version,
        cacheFolder: join(folder, 'var/cache'),
        account,
        onCopy: () => void copies++,
      }
      try {
        const [binaries, same] = await Promise.all([prepareBinaries(options), prepareBinaries(options)])
        expect(same).toEqual(binaries)
        expect(binaries.postgres.startsWith(options.cacheFolder)).toBe(true)
        const result = await runProgram(binaries.initdb, ['--version'], { cwd: '/', account })
        expect(result).toEqual({ code: 0, output: expect.stringContaining('initdb (PostgreSQL) 18') })
        expect((await stat(join(binaries.postgres, '../../share/postgresql/postgres.bki'))).mode & 0o004).toBe(0o004)
        expect(copies).toBeGreaterThan(0)
        copies = 0
        expect(await prepareBinaries(options)).toEqual(binaries)
        expect(copies).toBe(0)
        expect(await readdir(options.cacheFolder)).toHaveLength(1)
      } finally {
        process.umask(before)
      }
    },
  )

  test.runIf(process.getuid?.() === 0)('are copied when an ordinary user may not make the links in place', async () => {
    const nativeFolder = await unpack('package')
    const cacheFolder = join(folder, 'cache')
    await mkdir(cacheFolder)
    await chown(cacheFolder, account.uid, account.gid)
    const program = `
      const { prepareBinaries } = await import(${JSON.stringify(new URL('binaries.ts', import.meta.url).href)})
      const binaries = await prepareBinaries(${JSON.stringify({ nativeFolder, version, cacheFolder, account: null })})
      console.log(binaries.postgres)`
    const result = await runProgram(process.execPath, ['--input-type=module', '-e', program], { cwd: '/', account })
    expect(result.output.trim().startsWith(cacheFolder)).toBe(true)
    expect((await runProgram(result.output.trim(), ['--version'], { cwd: '/', account })).code).toBe(0)
  })

  test('are copied from a path that pg_ctl could not quote', async () => {
    const nativeFolder = await unpack('a "quoted" $HOME')
    const binaries = await prepareBinaries({ nativeFolder, version, cacheFolder: join(folder, 'cache'), account: null })
    expect(binaries.pgCtl.startsWith(join(folder, 'cache'))).toBe(true)
  })

  test('that do not run give the reason and the way out', async () => {
    const nativeFolder = join(folder, 'broken')
    await mkdir(join(nativeFolder, 'bin'), { recursive: true })
    await expect(
      prepareBinaries({ nativeFolder, version, cacheFolder: join(folder, 'cache'), account: null }),
    ).rejects.toMatchObject({
      problem: 'binaries-unusable',
      message: expect.stringMatching(/ENOENT.*DATABASE_URL/),
    })
  })
})
