import {
  containsText,
  filterOf,
  listInput,
  listRows,
  matches,
  operation,
  page,
  roles,
  Timestamp,
} from '@guildhall/kernel'
import { and, eq, isNotNull, isNull } from 'drizzle-orm'
import { z } from 'zod'
import { apiKeys } from '../schema.ts'

export const listApiKeys = operation({
  name: 'api-keys.list',
  summary: 'API keys of this tenant, without the keys themselves',
  route: 'GET /api-keys',
  permission: 'api-keys:admin',
  tool: false,
  input: listInput(['createdAt', 'name'], {
    state: z.enum(['active', 'revoked']).optional().describe('Default: both'),
    role: filterOf(roles),
  }),
  output: page(
    z.object({
      id: z.string(),
      name: z.string(),
      role: z.enum(roles),
      scopes: z.array(z.string()).nullable(),
      last4: z.string(),
      createdByName: z.string(),
      createdAt: Timestamp,
      expiresAt: Timestamp.nullable(),
      lastUsedAt: Timestamp.nullable(),
      revokedAt: Timestamp.nullable(),
    }),
  ),
  async run(input, ctx) {
    const state =
      input.state === 'active'
        ? isNull(apiKeys.revokedAt)
        : input.state === 'revoked'
          ? isNotNull(apiKeys.revokedAt)
          : undefined
    return await listRows<typeof apiKeys.$inferSelect>(
      ctx.db,
      {
        table: apiKeys,
        id: apiKeys.id,
        sortable: { createdAt: apiKeys.createdAt, name: apiKeys.name },
        defaultSort: '-createdAt',
        where: and(
          eq(apiKeys.tenantId, ctx.tenant.id),
          state,
          matches(apiKeys.role, input.role),
          containsText(apiKeys.name, input.q),
        ),
      },
      input,
    )
  },
})
