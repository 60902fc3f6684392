import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { asProblem, problemDocument } from '@guildhall/kernel'
import { parseJson } from '../http/body.ts'
import type { Command } from './commands.ts'
import { operatorCaller, withInstallation } from './with-installation.ts'

export const call: Command = {
  name: 'call',
  usage: 'call <operation> [json|@file|-] [--client slug]',
  summary: 'Run one operation as the operator of this machine; without a name: list them',
  async run(args) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { client: { type: 'string' }, 'idempotency-key': { type: 'string' } },
    })
    const [name, input] = positionals
    return withInstallation(async (installation) => {
      const { runtime } = installation
      if (name === undefined) {
        for (const operation of [...runtime.catalogue.operations.values()].toSorted((a, b) =>
          a.name.localeCompare(b.name),
        ))
          console.log(`${operation.name.padEnd(28)} ${operation.summary}`)
        return 0
      }
      const operation = runtime.catalogue.operations.get(name)
      if (!operation) throw new Error(`There is no operation ${name}. \`guildhall call\` lists them.`)
      const caller = await operatorCaller(installation, values.client)
      const key = values['idempotency-key']
      try {
        const output = await runtime.execute(operation, parseJson(await readInput(input)), {
          caller,
          ...(key === undefined ? {} : { idempotencyKey: key }),
        })
        console.log(JSON.stringify(output, null, 2))
        return 0
      } catch (error) {
        const problem = asProblem(error)
        if (problem.status >= 500 && problem.cause !== undefined) throw error
        console.error(JSON.stringify(problemDocument(problem, 'cli'), null, 2))
        return 1
      }
    })
  },
}

async function readInput(input: string | undefined): Promise<string> {
  if (input === undefined) return '{}'
  if (input === '-') {
    const chunks: Buffer[] = []
    for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk))
    return Buffer.concat(chunks).toString('utf8')
  }
  return input.startsWith('@') ? readFile(input.slice(1), 'utf8') : input
}
