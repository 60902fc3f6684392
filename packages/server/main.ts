#!/usr/bin/env node
import { ConfigError } from '@guildhall/kernel'
import { commands, findCommand } from './cli/commands.ts'

const [name = 'help', ...rest] = process.argv.slice(2)
const command = findCommand(name)
if (!command) {
  console.error(
    `There is no command ${name}. Known: ${commands.map((each) => each.name).join(', ')}. See guildhall help.`,
  )
  process.exit(2)
}
try {
  process.exitCode = (await command.run(rest)) ?? process.exitCode ?? 0
} catch (error) {
  if (error instanceof ConfigError) console.error(error.message)
  else if (error instanceof Error)
    console.error(process.env['GUILDHALL_LOG_LEVEL'] === 'debug' ? error : `${error.message}`)
  else console.error(error)
  process.exitCode = 1
}
