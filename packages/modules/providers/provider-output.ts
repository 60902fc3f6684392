import { Slug, Timestamp } from '@guildhall/kernel'
import { z } from 'zod'
import { providerKinds } from './kinds.ts'

const Capability = z.enum(['text', 'embedding', 'image', 'transcription', 'speech', 'moderation', 'web-search'])

/** What some kinds need beside key and address; see ConnectionSettings. */
export const Settings = z.object({
  resource: z
    .string()
    .trim()
    .regex(/^[a-zA-Z0-9][a-zA-Z0-9-]{0,62}$/, 'must be the name of the resource alone: letters, digits and hyphens')
    .optional()
    .describe('Azure: name of the resource, the first part of its address'),
  apiVersion: z
    .string()
    .trim()
    .regex(/^[\w.-]{1,40}$/, 'must look like `v1` or `2025-04-01-preview`')
    .optional()
    .describe('Azure: version of the API, `v1` when left out'),
  region: z
    .string()
    .trim()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d{1,2}$/, 'must be an AWS region such as eu-central-1')
    .optional()
    .describe('Bedrock: AWS region'),
  accessKeyId: z
    .string()
    .trim()
    .regex(/^[A-Z0-9]{16,128}$/, 'must be the id of an AWS access key')
    .optional()
    .describe('Bedrock: id of the access key whose secret is the key; left out = the key is a Bedrock API key'),
})

export const Provider = z.object({
  kind: z.string().describe('Path segment of its operations, first part of `provider/model`'),
  type: z.enum(providerKinds),
  name: z.string(),
  configured: z
    .enum(['here', 'inherited', 'environment', 'none'])
    .describe('Whose key it is: this tenant’s, its agency’s, the installation’s (environment), or none'),
  last4: z.string().nullable().describe('Last characters of the key'),
  baseUrl: z.string().nullable(),
  settings: Settings.describe('What its kind needs beside key and address'),
  models: z.array(z.object({ id: z.string(), capabilities: z.array(Capability) })),
  capabilities: z.array(Capability),
  state: z.enum(['ok', 'failing', 'untested', 'none']),
  latencyMs: z.int().nullable().describe('Milliseconds of the last answered call'),
  lastError: z.string().nullable(),
  checkedAt: Timestamp.nullable(),
  pausedMs: z.int().describe('Milliseconds until it is asked again after failures; 0 = at once'),
})

/** A provider in a path: one of the kinds, or the slug of an OpenAI-compatible server. */
export const ProviderSlug = Slug.describe(`${providerKinds.join(', ')}, or the name of a compatible server`)

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
