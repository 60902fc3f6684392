import { operation, Slug } from '@guildhall/kernel'
import { z } from 'zod'
import { Client, clientOf } from '../client.ts'
import { requireClient } from '../reach.ts'

export const getClient = operation({
  name: 'clients.get',
  summary: 'One client of the agency',
  route: 'GET /clients/{slug}',
  permission: 'clients:read',
  tenant: 'agency',
  input: z.object({ slug: Slug }),
  output: Client,
  async run({ slug }, ctx) {
    const { tenant, role } = await requireClient(ctx, slug)
    return clientOf(tenant, role)
  },
})
