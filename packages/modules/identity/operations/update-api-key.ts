import { conflict, Id, notFound, operation, roles } from '@guildhall/kernel'
import { KeyPolicyInput, readKeyPolicies, storeKeyPolicy } from '@guildhall/modules/limits'
import { and, eq } from 'drizzle-orm'
import { z } from 'zod'
import { ApiKey } from '../api-key-output.ts'
import { requireAuthorityOver, requireScopesWithin } from '../authority.ts'
import { keysTopic, requireUnlimitedCaller } from '../limits-of-keys.ts'
import { apiKeys } from '../schema.ts'

export const updateApiKey = operation({
  name: 'api-keys.update',
  summary: 'Change what an API key may do; its next request is held to it',
  description: 'The key itself stays the same. What is left out stays as it is.',
  route: 'PATCH /api-keys/{id}',
  permission: 'api-keys:admin',
  tool: false,
  input: z.object({
    id: Id,
    name: z.string().trim().min(1).max(80).optional(),
    role: z.enum(roles).optional(),
    scopes: z
      .array(z.string().max(60))
      .min(1)
      .max(50)
      .nullable()
      .optional()
      .describe('`area:level` or `*:level`; null = all that the role may do'),
    expiresInDays: z.int().min(1).max(3650).nullable().optional().describe('From now; null = does not expire'),
    policy: KeyPolicyInput.nullable().optional().describe('Replaces the policy as a whole; null = no limits'),
  }),
  output: ApiKey,
  async run({ id, name, role, scopes, expiresInDays, policy }, ctx) {
    await requireUnlimitedCaller(ctx)
    const mine = and(eq(apiKeys.tenantId, ctx.tenant.id), eq(apiKeys.id, id))
    const [key] = await ctx.db.select().from(apiKeys).where(mine).for('update')
    if (!key) throw notFound('API key', id)
    requireAuthorityOver(ctx.caller, key.role)
    if (role !== undefined) requireAuthorityOver(ctx.caller, role)
    if (scopes !== undefined || role !== undefined) requireScopesWithin(ctx.caller, scopes ?? key.scopes)
    if (key.revokedAt) throw conflict('This API key was revoked. Make a new one.')
    const changed = {
      ...key,
      ...(name === undefined ? {} : { name }),
      ...(role === undefined ? {} : { role }),
      ...(scopes === undefined ? {} : { scopes }),
      ...(expiresInDays === undefined
        ? {}
        : { expiresAt: expiresInDays === null ? null : new Date(ctx.now().getTime() + expiresInDays * 86_400_000) }),
    }
    await ctx.db
      .update(apiKeys)
      .set({ name: changed.name, role: changed.role, scopes: changed.scopes, expiresAt: changed.expiresAt })
      .where(mine)
    if (policy !== undefined) await storeKeyPolicy(ctx, id, policy)
    ctx.notice(keysTopic, id)
    ctx.audit({
      targets: [{ type: 'api-key', id, name: changed.name }],
      metadata: { role: changed.role, scopes: changed.scopes, ...(policy === undefined ? {} : { policy }) },
    })
    const policies = await readKeyPolicies(ctx.db, ctx.tenant.id, [id])
    return { ...changed, policy: policies.get(id) ?? null }
  },
})
