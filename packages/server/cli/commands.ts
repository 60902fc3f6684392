import { backup } from './backup.ts'
import { call } from './call.ts'
import { demo } from './demo.ts'
import { doctor } from './doctor.ts'
import { migrate } from './migrate.ts'
import { openapi } from './openapi.ts'
import { restore } from './restore.ts'
import { serve } from './serve.ts'
import { signInLink } from './sign-in-link.ts'
import { version } from '../version.ts'

export interface Command {
  name: string
  usage: string
  summary: string
  /** @returns exit code; undefined = 0 */
  run(args: string[]): Promise<number | void>
}

const help: Command = {
  name: 'help',
  usage: 'help',
  summary: 'Show this overview',
  run: async () => {
    console.log(`Guildhall ${version}\n`)
    const width = Math.max(...commands.map((command) => command.usage.length))
    for (const command of commands) console.log(`  guildhall ${command.usage.padEnd(width)}  ${command.summary}`)
    console.log('\nEvery setting is an environment variable; docs/configuration.md lists them.')
  },
}

export const commands: readonly Command[] = [
  serve,
  migrate,
  doctor,
  backup,
  restore,
  call,
  demo,
  signInLink,
  openapi,
  help,
]

export function findCommand(name: string): Command | undefined {
  const wanted = name === '--help' || name === '-h' ? 'help' : name
  return commands.find((command) => command.name === wanted)
}
