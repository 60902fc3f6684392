import { Slug, Timestamp } from '@guildhall/kernel'
import { z } from 'zod'
import { providerKinds } from './kinds.ts'

const Capability = z.enum(['text', 'embedding', 'image', 'transcription', 'web-search'])

export const Provider = z.object({
  kind: z.string().describe('Path segment of its operations, first part of `provider/model`'),
  type: z.enum(providerKinds),
  name: z.string(),
  configured: z
    .enum(['here', 'inherited', 'environment', 'none'])
    .describe('Whose key it is: this tenant’s, its agency’s, the installation’s (environment), or none'),
  last4: z.string().nullable().describe('Last characters of the key'),
  baseUrl: z.string().nullable(),
  models: z.array(z.object({ id: z.string(), capabilities: z.array(Capability) })),
  capabilities: z.array(Capability),
  state: z.enum(['ok', 'failing', 'untested', 'none']),
  latencyMs: z.int().nullable().describe('Milliseconds of the last answered call'),
  lastError: z.string().nullable(),
  checkedAt: Timestamp.nullable(),
  pausedMs: z.int().describe('Milliseconds until it is asked again after failures; 0 = at once'),
})

/** A provider in a path: one of the kinds, or the slug of an OpenAI-compatible server. */
export const ProviderSlug = Slug.describe(
  'google, openai, anthropic, huggingface, openai-compatible, or the name of a compatible server',
)

export const ModelName = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .regex(/^[\w./:@-]+$/, 'may hold letters, digits and . / : @ _ -')

export const Chain = z.object({
  targets: z.array(z.object({ provider: z.string(), model: z.string() })),
  source: z.enum(['own', 'agency', 'default']),
  inherited: z.boolean().describe('True when it is the agency’s'),
})
