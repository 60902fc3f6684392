import type { Command } from './commands.ts'
import { withInstallation } from './with-installation.ts'
import { ownerSignInLink } from '../first-start.ts'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

export const signInLink: Command = {
  name: 'sign-in-link',
  usage: 'sign-in-link',
  summary: 'Print a one-time link that signs in the owner (for whoever holds the data folder)',
  run: () =>
    withInstallation(async ({ runtime }) => {
      const url = await runningUrl(runtime.config.dataDir)
      console.log(await ownerSignInLink(runtime, url ?? runtime.config.publicUrl))
      if (!url) console.error('The server is not running; the link works once it is.')
    }),
}

async function runningUrl(dataDir: string): Promise<string | null> {
  try {
    const { url }: { url: string } = JSON.parse(await readFile(join(dataDir, 'server.json'), 'utf8'))
    return url
  } catch {
    return null
  }
}
