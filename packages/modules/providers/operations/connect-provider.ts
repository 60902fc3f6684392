import { checkOutgoingUrl, invalidInput, operation, Slug, type TransactionContext } from '@guildhall/kernel'
import { and, eq } from 'drizzle-orm'
import { z } from 'zod'
import { isProviderKind, kinds, usualAddress, type ConnectionSettings, type ProviderKind } from '../kinds.ts'
import { keyPlace, providersTopic } from '../load-providers.ts'
import { ModelName, ProviderSlug, Settings } from '../provider-output.ts'
import { providerConnections } from '../schema.ts'

type Row = typeof providerConnections.$inferSelect

const Input = z.object({
  kind: ProviderSlug,
  slug: Slug.optional().describe('Name of its own, for one of several OpenAI-compatible servers'),
  label: z.string().trim().min(1).max(80).optional(),
  apiKey: z.string().trim().min(8).max(2000).optional().describe('Left out = the stored one stays'),
  baseUrl: z.string().trim().max(500).nullish().describe('Null = the provider’s public address'),
  settings: Settings.optional().describe('What the kind needs beside key and address; left out = as before'),
  models: z
    .array(ModelName)
    .max(100)
    .optional()
    .describe('Offered models, the preferred one first; empty = the usual ones'),
})

export const connectProvider = operation({
  name: 'providers.connect',
  summary: 'Enter or change the key, address or models of a provider',
  description:
    'The key is sealed and never returned. A client’s own connection takes the place of its agency’s of the same name.',
  route: 'PUT /providers/{kind}',
  permission: 'providers:admin',
  input: Input,
  output: z.object({ kind: z.string(), last4: z.string().nullable() }),
  secret: ['apiKey'],
  tool: false,
  async run(input, ctx) {
    const { kind, slug } = await identify(input, ctx)
    const [existing] = await ctx.db
      .select()
      .from(providerConnections)
      .where(and(eq(providerConnections.tenantId, ctx.tenant.id), eq(providerConnections.slug, slug)))
    const settings = input.settings ?? existing?.settings ?? {}
    const baseUrl = addressOf(input, existing, kind, ctx.services.providerAdministration.allowedHosts)
    refuseUnreachable(kind, baseUrl, ctx.services.providerAdministration.allowedHosts)
    refuseIncomplete({ input, existing, kind, baseUrl, settings })
    const key =
      input.apiKey === undefined
        ? {}
        : { sealedKey: await ctx.vault.seal(keyPlace(slug), input.apiKey), last4: input.apiKey.slice(-4) }
    const values = {
      kind,
      baseUrl,
      settings,
      label: input.label ?? existing?.label ?? (slug === kind ? kinds[kind].title : slug),
      models: input.models ?? existing?.models ?? [],
      updatedAt: ctx.now(),
      ...key,
      ...(input.apiKey === undefined ? {} : { lastOkAt: null, lastError: null, lastErrorAt: null }),
    }
    const [row] = await ctx.db
      .insert(providerConnections)
      .values({ tenantId: ctx.tenant.id, slug, ...values })
      .onConflictDoUpdate({ target: [providerConnections.tenantId, providerConnections.slug], set: values })
      .returning()
    ctx.audit({
      targets: [{ type: 'provider', id: slug }],
      metadata: { keyChanged: input.apiKey !== undefined, baseUrl, settings, models: values.models },
    })
    ctx.notice(providersTopic, ctx.tenant.id)
    ctx.services.providerAdministration.changed(ctx.tenant.id, slug)
    return { kind: slug, last4: row?.last4 ?? null }
  },
})

async function identify(
  input: z.output<typeof Input>,
  ctx: TransactionContext,
): Promise<{ kind: ProviderKind; slug: string }> {
  if (isProviderKind(input.kind)) {
    if (input.slug !== undefined && input.kind !== 'openai-compatible' && input.slug !== input.kind)
      throw invalidInput([
        { field: 'slug', message: 'is only for OpenAI-compatible servers; of the others there is one each' },
      ])
    const slug = input.slug ?? input.kind
    if (slug !== input.kind && (isProviderKind(slug) || slug === 'guildhall'))
      throw invalidInput([{ field: 'slug', message: 'is the name of another provider; choose one of your own' }])
    return { kind: input.kind, slug }
  }
  const [known] = await ctx.db
    .select()
    .from(providerConnections)
    .where(and(eq(providerConnections.tenantId, ctx.tenant.id), eq(providerConnections.slug, input.kind)))
  if (!known)
    throw invalidInput([
      {
        field: 'kind',
        message: `is not a provider here. To add a compatible server of this name, send it as \`slug\` to openai-compatible`,
      },
    ])
  return { kind: known.kind, slug: known.slug }
}

function addressOf(
  input: z.output<typeof Input>,
  existing: Row | undefined,
  kind: ProviderKind,
  allowed: ReadonlySet<string>,
): string | null {
  if (input.baseUrl === undefined) return existing?.baseUrl ?? null
  if (input.baseUrl === null || input.baseUrl === '') return null
  const url = checkOutgoingUrl(input.baseUrl, allowed, 'baseUrl')
  if (url.protocol === 'http:' && !allowed.has(url.hostname) && !allowed.has(url.host) && !kinds[kind].ownServer)
    throw invalidInput([
      { field: 'baseUrl', message: 'must start with https://, since the key travels with each request' },
    ])
  return url.href.replace(/\/+$/, '')
}

function refuseIncomplete({
  input,
  existing,
  kind,
  baseUrl,
  settings,
}: {
  input: z.output<typeof Input>
  existing: Row | undefined
  kind: ProviderKind
  baseUrl: string | null
  settings: ConnectionSettings
}): void {
  const { ownServer, requires, title, models } = kinds[kind]
  if (usualAddress(kind, settings) === null && baseUrl === null)
    throw invalidInput(
      requires.length > 0
        ? requires.map((name) => ({
            field: `settings.${name}`,
            message: `is needed for ${title}, or a baseUrl instead`,
          }))
        : [
            {
              field: 'baseUrl',
              message: 'is needed: the address of the server, for instance http://localhost:1234/v1',
            },
          ],
    )
  if (kind === 'bedrock' && !settings.region)
    throw invalidInput([{ field: 'settings.region', message: 'is needed: requests are signed for it' }])
  if (models.length === 0 && (input.models ?? existing?.models ?? []).length === 0)
    throw invalidInput([
      {
        field: 'models',
        message: `is needed: name at least one model that ${ownServer ? 'the server' : title} offers`,
      },
    ])
  if (!ownServer && input.apiKey === undefined && !existing?.sealedKey)
    throw invalidInput([{ field: 'apiKey', message: 'is needed' }])
  // Otherwise whoever may change the address could have the stored key sent to a server of theirs.
  const before = existing && origin(existing.baseUrl, kind, existing.settings)
  if (existing?.sealedKey && input.apiKey === undefined && origin(baseUrl, kind, settings) !== before)
    throw invalidInput([{ field: 'apiKey', message: 'must be entered again when the address changes' }])
}

/** @throws Problem 400 for the usual address of an own server that the operator has not allowed */
function refuseUnreachable(kind: ProviderKind, baseUrl: string | null, allowed: ReadonlySet<string>): void {
  const address = kinds[kind].baseUrl
  if (baseUrl !== null || address === null || !kinds[kind].ownServer) return
  checkOutgoingUrl(address, allowed, 'baseUrl')
}

function origin(baseUrl: string | null, kind: ProviderKind, settings: ConnectionSettings): string {
  const address = baseUrl ?? usualAddress(kind, settings)
  return address === null ? '' : new URL(address).origin
}
