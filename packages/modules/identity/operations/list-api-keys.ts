import { containsText, filterOf, listInput, listRows, matches, operation, page, roles } from '@guildhall/kernel'
import { readKeyPolicies } from '@guildhall/modules/limits'
import { and, eq, isNotNull, isNull } from 'drizzle-orm'
import { z } from 'zod'
import { ApiKey } from '../api-key-output.ts'
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
  output: page(ApiKey),
  async run(input, ctx) {
    const state =
      input.state === 'active'
        ? isNull(apiKeys.revokedAt)
        : input.state === 'revoked'
          ? isNotNull(apiKeys.revokedAt)
          : undefined
    const listed = await listRows<typeof apiKeys.$inferSelect>(
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
    const policies = await readKeyPolicies(
      ctx.db,
      ctx.tenant.id,
      listed.items.map((key) => key.id),
    )
    return { ...listed, items: listed.items.map((key) => ({ ...key, policy: policies.get(key.id) ?? null })) }
  },
})
