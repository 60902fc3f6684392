import { defineModule, operation, type Module, type Runtime } from '@guildhall/kernel'
import { z } from 'zod'
import { demoState, installDemo, removeDemo } from './install-demo.ts'

/** The demo agency as operations, for the console's button and the command line. */
export function demoModule(): Module {
  let runtime: Runtime | undefined
  const started = (): Runtime => {
    if (!runtime) throw new Error('The demo module has not started')
    return runtime
  }
  const Demo = z.object({ state: z.enum(['never', 'installed', 'removed']) })
  const getDemo = operation({
    name: 'demo.get',
    summary: 'Whether the demo agency is installed',
    route: 'GET /demo',
    permission: 'demo:read',
    tenant: 'agency',
    external: true,
    tool: false,
    input: z.object({}),
    output: Demo,
    run: async () => ({ state: await demoState(started()) }),
  })
  const install = operation({
    name: 'demo.install',
    summary: 'Install the demo clients with 90 days of sample data',
    route: 'POST /demo',
    permission: 'demo:owner',
    tenant: 'agency',
    external: true,
    readOnly: true,
    tool: false,
    input: z.object({}),
    output: Demo,
    async run() {
      await installDemo(started())
      return { state: 'installed' as const }
    },
  })
  const remove = operation({
    name: 'demo.remove',
    summary: 'Remove the demo clients with every row and file of theirs',
    route: 'DELETE /demo',
    permission: 'demo:owner',
    tenant: 'agency',
    external: true,
    readOnly: true,
    tool: false,
    input: z.object({}),
    output: z.object({ clients: z.array(z.string()) }),
    run: () => removeDemo(started()),
  })
  return defineModule({
    name: 'demo',
    operations: [getDemo, install, remove],
    services(own) {
      runtime = own
      return {}
    },
  })
}
