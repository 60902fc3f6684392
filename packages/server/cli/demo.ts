import { demoState, installDemo, removeDemo } from '../demo/install-demo.ts'
import type { Command } from './commands.ts'
import { withInstallation } from './with-installation.ts'

export const demo: Command = {
  name: 'demo',
  usage: 'demo install|remove|status',
  summary: 'Install or remove the demo clients, without trace',
  async run([verb = 'status']) {
    if (!['install', 'remove', 'status'].includes(verb)) throw new Error(`demo ${verb}: use install, remove or status`)
    return withInstallation(async ({ runtime }) => {
      if (verb === 'install') await installDemo(runtime)
      if (verb === 'remove') {
        const { clients } = await removeDemo(runtime)
        console.log(clients.length > 0 ? `Removed ${clients.join(', ')}` : 'There was nothing to remove')
      } else console.log(`The demo is ${await demoState(runtime)}`)
      return 0
    })
  },
}
