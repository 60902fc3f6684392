import { invalidInput, operation, Slug } from '@guildhall/kernel'
import { z } from 'zod'
import { requireClient } from '../reach.ts'

export const eraseClient = operation({
  name: 'clients.erase',
  summary: 'Erase a client with all data, people, keys and files; nothing can bring it back',
  route: 'DELETE /clients/{slug}',
  permission: 'clients:owner',
  tenant: 'agency',
  tool: false,
  // Erasing goes over a connection of its own, with rights that requests do not have.
  external: true,
  emits: ['client.erased'],
  input: z.object({ slug: Slug, confirm: z.string().max(80).describe('The name of the client, typed') }),
  output: z.object({ id: z.string(), name: z.string() }),
  async run({ slug, confirm }, ctx) {
    const { tenant } = await ctx.transaction((transaction) => requireClient(transaction, slug), { readOnly: true })
    if (confirm.trim() !== tenant.name)
      throw invalidInput([{ field: 'confirm', message: `must be the name of the client, ${tenant.name}` }])
    await ctx.services.tenantEraser.erase({ id: tenant.id, agencyId: tenant.agencyId })
    await ctx.transaction(async (transaction) => {
      transaction.notice('tenants', tenant.id)
      transaction.emit('client.erased', { clientId: tenant.id, slug, name: tenant.name })
      transaction.audit({ targets: [{ type: 'client', id: tenant.id, name: tenant.name }] })
    })
    return { id: tenant.id, name: tenant.name }
  },
})
