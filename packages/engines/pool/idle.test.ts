import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

it('a process whose workers are idle ends by itself', async () => {
  const program = `
    import { runInWorker } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)}
    const { sum } = await runInWorker(${JSON.stringify(new URL('./work-for-tests.ts', import.meta.url).href)}, 'sumOfDraws', [3])
    console.log(sum > 0)
  `
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], {
    timeout: 20_000,
  })
  expect(stdout).toBe('true\n')
})
