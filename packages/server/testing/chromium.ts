import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { chromium } from 'playwright-core'

const run = promisify(execFile)

export interface FoundChromium {
  path: string | null
  /** What to do when there is none. */
  message: string
}

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']
const places = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

/** A Chromium of this machine: `GUILDHALL_CHROMIUM`, the PATH, the usual places, or one that playwright brought. */
export function findChromium(): string | null {
  const given = process.env['GUILDHALL_CHROMIUM']
  if (given) return existsSync(given) ? given : null
  const onPath = (process.env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)))
  return [...onPath, ...places, chromium.executablePath()].find((path) => existsSync(path)) ?? null
}

/** Finds a Chromium or installs one where that is possible without asking. */
export async function ensureChromium(): Promise<FoundChromium> {
  const found = findChromium()
  if (found) return { path: found, message: '' }
  try {
    await run(
      process.execPath,
      [join(import.meta.dirname, '../../../node_modules/playwright-core/cli.js'), 'install', 'chromium-headless-shell'],
      { timeout: 240_000 },
    )
  } catch {
    // No network to the download: the system's package manager is next.
  }
  if (!findChromium() && process.platform === 'linux' && process.getuid?.() === 0) {
    try {
      await run('apt-get', ['update', '-qq'], { timeout: 240_000 })
      await run('apt-get', ['install', '-y', '-qq', 'chromium'], { timeout: 600_000, maxBuffer: 64 * 1024 * 1024 })
    } catch {
      // Not Debian, or no mirror: said below.
    }
  }
  return {
    path: findChromium(),
    message: 'No Chromium found: install `chromium` with your package manager, or set GUILDHALL_CHROMIUM to its path.',
  }
}

/** Flags for a headless run, also as root and without a network. */
export const chromiumFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
