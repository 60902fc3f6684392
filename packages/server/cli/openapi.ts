import { parseConfig } from '@guildhall/kernel'
import { compose } from '../composition.ts'
import { openApiDocument } from '../http/openapi.ts'
import { version } from '../version.ts'
import type { Command } from './commands.ts'

export const openapi: Command = {
  name: 'openapi',
  usage: 'openapi',
  summary: 'Print the OpenAPI document; needs no database',
  async run() {
    const config = parseConfig({})
    const catalogue = compose(config, {
      authUrl: 'postgres://localhost/none',
      authSecret: 'not used to describe the interface',
      fileKey: 'not used to describe the interface',
      eraseTenant: async () => undefined,
    })
    process.stdout.write(`${JSON.stringify(openApiDocument(catalogue, { version, url: config.publicUrl }), null, 1)}\n`)
  },
}
