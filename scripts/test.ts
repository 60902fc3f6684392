import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureChromium } from '../packages/server/testing/chromium.ts'

/** Everything that must hold before a change lands, in the order in which a mistake is cheapest to find. */
const root = fileURLToPath(new URL('..', import.meta.url))
const bin = (name: string) => join(root, 'node_modules', '.bin', name)
const steps: [string, string, string[]][] = [
  ['console', process.execPath, ['packages/console/build.ts']],
  ['types', bin('tsc'), ['-p', 'tsconfig.json']],
  ['types of the console', bin('vue-tsc'), ['-p', 'packages/console/tsconfig.json']],
  ['lint', bin('oxlint'), ['--type-aware', '--quiet']],
  ['format', bin('oxfmt'), ['--check']],
  ['arrows', bin('depcruise'), ['packages', '--config', '.dependency-cruiser.cjs', '--output-type', 'err']],
  ['dead code', bin('knip'), []],
  ['licences', process.execPath, ['scripts/check-licences.ts']],
  ['configuration table', process.execPath, ['scripts/configuration-table.ts', '--check']],
  ['tests', bin('vitest'), ['run', ...process.argv.slice(2)]],
]

const chromium = await ensureChromium()
if (chromium.path) console.log(`Browser tests use ${chromium.path}`)
else if (process.env['CI']) {
  console.error(chromium.message)
  process.exit(1)
} else console.warn(`SKIPPED: browser tests. ${chromium.message}`)

for (const [name, command, args] of steps) {
  const started = performance.now()
  const code = await run(command, args, chromium.path)
  console.log(`${code === 0 ? 'passed' : 'FAILED'}  ${name}  ${((performance.now() - started) / 1000).toFixed(1)} s`)
  if (code !== 0) process.exit(code)
}

function run(command: string, args: string[], browser: string | null): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, ...(browser ? { GUILDHALL_CHROMIUM: browser } : {}) },
    })
    child.on('error', (error) => {
      console.error(error.message)
      resolve(1)
    })
    child.on('exit', (code) => resolve(code ?? 1))
  })
}
