// Runs at the end of `npm ci`: builds the console once, so that the first `npm start` does not have to.
// Plain JavaScript, because it may meet an older Node; never fails an installation, since `npm start` builds as well.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const major = Number(process.versions.node.split('.')[0])
const able = major >= 26 && existsSync(`${root}packages/console/build.ts`) && existsSync(`${root}node_modules/vite`)
if (able) {
  const { status } = spawnSync(process.execPath, ['packages/console/build.ts'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (status !== 0) console.warn('The console was not built; `npm start` will try again.')
}
