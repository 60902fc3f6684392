import { newId, operation, roles, Timestamp } from '@guildhall/kernel'
import { KeyPolicyInput, KeyPolicyOutput, storeKeyPolicy } from '@guildhall/modules/limits'
import { z } from 'zod'
import { hashSecret, newApiKey } from '../api-key.ts'
import { requireAuthorityOver, requireScopesWithin } from '../authority.ts'
import { requireUnlimitedCaller } from '../limits-of-keys.ts'
import { apiKeys } from '../schema.ts'

export const createApiKey = operation({
  name: 'api-keys.create',
  summary: 'Make an API key; it is shown once',
  description:
    'A key of the agency acts for any of its clients with the header `x-guildhall-client`; a key of a client for that client only.',
  route: 'POST /api-keys',
  permission: 'api-keys:admin',
  status: 201,
  tool: false,
  input: z.object({
    name: z.string().trim().min(1).max(80),
    role: z.enum(roles).default('member'),
    scopes: z
      .array(z.string().max(60))
      .min(1)
      .max(50)
      .nullable()
      .default(null)
      .describe('`area:level` or `*:level`; null = all that the role may do'),
    expiresInDays: z.int().min(1).max(3650).nullable().default(null).describe('Null = does not expire'),
    policy: KeyPolicyInput.nullable().default(null).describe('What it may call, and how much; null = no limits'),
  }),
  output: z.object({
    id: z.string(),
    key: z.string().describe('Shown this once; only its hash is kept'),
    name: z.string(),
    role: z.enum(roles),
    scopes: z.array(z.string()).nullable(),
    last4: z.string(),
    createdAt: Timestamp,
    expiresAt: Timestamp.nullable(),
    policy: KeyPolicyOutput.nullable(),
  }),
  async run({ name, role, scopes, expiresInDays, policy }, ctx) {
    await requireUnlimitedCaller(ctx)
    requireAuthorityOver(ctx.caller, role)
    requireScopesWithin(ctx.caller, scopes)
    const key = newApiKey()
    const createdAt = ctx.now()
    const row = {
      id: newId(),
      tenantId: ctx.tenant.id,
      name,
      role,
      scopes,
      keyHash: hashSecret(key),
      last4: key.slice(-4),
      createdBy: `${ctx.actor.type}:${ctx.actor.id}`,
      createdByName: ctx.actor.name,
      createdAt,
      expiresAt: expiresInDays === null ? null : new Date(createdAt.getTime() + expiresInDays * 86_400_000),
    }
    await ctx.db.insert(apiKeys).values(row)
    if (policy) await storeKeyPolicy(ctx, row.id, policy)
    ctx.audit({
      targets: [{ type: 'api-key', id: row.id, name }],
      metadata: { role, scopes, ...(policy ? { policy } : {}) },
    })
    return { ...row, key, policy }
  },
})
