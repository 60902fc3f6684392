import { join, resolve } from 'node:path'
import { z } from 'zod'
import { readAddressList } from './address-list.ts'

const flag = z.enum(['0', '1', 'true', 'false']).transform((value) => value === '1' || value === 'true')
const port = z.coerce.number().int().min(0).max(65535)
const postgresUrl = z.url({ protocol: /^postgres(ql)?$/ })
const httpUrl = z.url({ protocol: /^https?$/ })

/** Every variable that Guildhall reads, with its meaning; docs/configuration.md is generated from this. */
export const variables = {
  GUILDHALL_PORT: port.default(4100).describe('Port of the HTTP server; 0 picks a free one.'),
  GUILDHALL_HOST: z.string().default('127.0.0.1').describe('Address to listen on; `0.0.0.0` for all.'),
  GUILDHALL_URL: httpUrl
    .optional()
    .describe('Public address of this installation, used in links and mails. Default: host and port.'),
  GUILDHALL_DATA_DIR: z
    .string()
    .min(1)
    .default('data')
    .describe('Folder for the embedded database, files and generated secrets.'),
  GUILDHALL_DEMO: flag
    .optional()
    .describe('`1` installs the demo agency on first start, `0` does not. Default: 1 unless an owner is given.'),
  GUILDHALL_INIT_OWNER_EMAIL: z.email().optional().describe('E-mail of the owner made at first start.'),
  GUILDHALL_INIT_OWNER_PASSWORD: z
    .string()
    .min(12)
    .max(256)
    .optional()
    .describe('Password of that owner (12 characters or more).'),
  GUILDHALL_INIT_API_KEY: z
    .string()
    .regex(/^gh_[A-Za-z0-9_-]{32,}$/, 'must be gh_ followed by at least 32 letters, digits, _ or -')
    .optional()
    .describe('Agency API key made at first start: `gh_` and at least 32 random characters.'),
  GUILDHALL_SIGN_UP: z
    .enum(['closed', 'open'])
    .default('closed')
    .describe('Whether strangers may sign up after the owner exists.'),
  GUILDHALL_ENCRYPTION_KEY: z
    .string()
    .regex(/^[A-Za-z0-9+/_-]{43}=?$/, 'must be 32 bytes in base64')
    .optional()
    .describe('Key-encryption key, 32 bytes in base64. Default: generated in the data folder.'),
  GUILDHALL_AUTH_SECRET: z
    .string()
    .refine((text) => text.split(',').every((secret) => secret.trim().length >= 32), {
      message: 'each of the secrets, which commas separate, must have at least 32 characters',
    })
    .optional()
    .describe(
      'Secret that signs sessions and seals second factors; to change it, the new one before the old ones, separated by commas. Default: generated in the data folder.',
    ),
  GUILDHALL_TRUSTED_PROXIES: z
    .string()
    .superRefine((text, context) => {
      for (const entry of readAddressList(text).wrong)
        context.addIssue({ code: 'custom', message: `${entry} is neither an IP address nor a range like 10.0.0.0/8` })
    })
    .default('')
    .describe(
      'Comma-separated addresses and CIDR ranges (IPv4, IPv6) of reverse proxies whose X-Forwarded-For is believed.',
    ),
  GUILDHALL_PRIVATE_HOSTS: z
    .string()
    .default('')
    .describe(
      'Comma-separated host or host:port entries that outgoing requests may reach although they are private (a local Ollama).',
    ),
  GUILDHALL_PROVIDER_TIMEOUT_SECONDS: z.coerce
    .number()
    .min(1)
    .max(3600)
    .default(60)
    .describe(
      'Seconds that a provider has to begin its answer, twice that for an unstreamed one, before the next one is asked.',
    ),
  GUILDHALL_MAX_UPLOAD_MB: z.coerce
    .number()
    .min(1)
    .max(10_240)
    .default(200)
    .describe('Largest file that may be uploaded, in MiB.'),
  GUILDHALL_PAYLOAD_RETENTION_DAYS: z.coerce
    .number()
    .int()
    .min(1)
    .max(3650)
    .default(90)
    .describe('Days that inputs and outputs of runs are kept.'),
  GUILDHALL_MAIL_RETENTION_DAYS: z.coerce
    .number()
    .int()
    .min(1)
    .max(3650)
    .default(365)
    .describe('Days that mails stay in the mailbox of the console.'),
  GUILDHALL_LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('Least level that is logged.'),
  DATABASE_URL: postgresUrl
    .optional()
    .describe('PostgreSQL 15 or newer, replaces the embedded one; may be a pooler in transaction mode.'),
  DATABASE_DIRECT_URL: postgresUrl
    .optional()
    .describe('Direct connection for migrations, when DATABASE_URL is a pooler. Default: DATABASE_URL.'),
  DATABASE_POOL_SIZE: z.coerce.number().int().min(2).max(500).default(20).describe('Connections of one process.'),
  SMTP_URL: z
    .url({ protocol: /^smtps?$/ })
    .optional()
    .describe('Mail server, `smtp://user:password@host:587`. Default: the mailbox in the console.'),
  MAIL_FROM: z.string().default('Guildhall <no-reply@localhost>').describe('Sender of mails.'),
  OPENAI_API_KEY: z
    .string()
    .min(8)
    .optional()
    .describe('OpenAI key for the whole agency; keys can also be entered in Settings.'),
  GEMINI_API_KEY: z.string().min(8).optional().describe('Google Gemini key for the whole agency.'),
  ANTHROPIC_API_KEY: z.string().min(8).optional().describe('Anthropic key for the whole agency.'),
  HUGGINGFACE_API_KEY: z.string().min(8).optional().describe('Hugging Face key for the whole agency.'),
  MISTRAL_API_KEY: z.string().min(8).optional().describe('Mistral key for the whole agency.'),
  GROQ_API_KEY: z.string().min(8).optional().describe('Groq key for the whole agency.'),
  OPENROUTER_API_KEY: z.string().min(8).optional().describe('OpenRouter key for the whole agency.'),
  AZURE_API_KEY: z
    .string()
    .min(8)
    .optional()
    .describe('Azure OpenAI key for the whole agency; counts together with AZURE_RESOURCE_NAME.'),
  AZURE_RESOURCE_NAME: z
    .string()
    .regex(/^[a-zA-Z0-9][a-zA-Z0-9-]{0,62}$/, 'must be the name of the resource alone: letters, digits and hyphens')
    .optional()
    .describe('Name of the Azure OpenAI resource.'),
  AZURE_DEPLOYMENTS: z
    .string()
    .default('')
    .transform((text) =>
      text
        .split(',')
        .map((name) => name.trim())
        .filter(Boolean),
    )
    .describe('Comma-separated deployments of that resource that are offered, the preferred one first.'),
  AWS_BEARER_TOKEN_BEDROCK: z
    .string()
    .min(8)
    .optional()
    .describe(
      'Amazon Bedrock API key for the whole agency; counts together with AWS_REGION. Access keys are entered in Settings.',
    ),
  AWS_REGION: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d{1,2}$/, 'must be an AWS region such as eu-central-1')
    .optional()
    .describe('AWS region of Bedrock.'),
} as const

const schema = z.object(variables)
type Variables = z.output<typeof schema>

export interface Config extends Readonly<Variables> {
  /** Absolute path of the data folder. */
  readonly dataDir: string
  readonly filesDir: string
  readonly secretsDir: string
  /** Public origin without a trailing slash; known once the server listens when the port was 0. */
  readonly publicUrl: string
}

/** A variable with a value that cannot be used. The start stops with this message. */
export class ConfigError extends Error {
  readonly variable: string
  constructor(variable: string, message: string) {
    super(message)
    this.name = 'ConfigError'
    this.variable = variable
  }
}

const secretVariable = /KEY|PASSWORD|SECRET|URL/

/**
 * Reads the configuration once.
 * @throws ConfigError naming the variable, what was read (hidden for secrets) and what is allowed.
 */
export function parseConfig(env: Record<string, string | undefined>): Config {
  const known = new Set(Object.keys(variables))
  for (const name of Object.keys(env)) {
    if (name.startsWith('GUILDHALL_') && !known.has(name) && name !== 'GUILDHALL_CHROMIUM')
      throw new ConfigError(
        name,
        `${name} is not a variable of Guildhall. Known: ${[...known].filter((n) => n.startsWith('GUILDHALL_')).join(', ')}`,
      )
  }
  const read = Object.fromEntries([...known].map((name) => [name, env[name] === '' ? undefined : env[name]]))
  const parsed = schema.safeParse(read)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    const name = String(issue?.path[0] ?? '')
    const value = secretVariable.test(name) ? '(hidden)' : JSON.stringify(read[name])
    throw new ConfigError(name, `${name} is ${value}: ${issue?.message ?? 'not valid'}. ${describe(name)}`)
  }
  const values = parsed.data
  if (values.GUILDHALL_INIT_OWNER_PASSWORD && !values.GUILDHALL_INIT_OWNER_EMAIL)
    throw new ConfigError(
      'GUILDHALL_INIT_OWNER_EMAIL',
      'GUILDHALL_INIT_OWNER_EMAIL is missing although GUILDHALL_INIT_OWNER_PASSWORD is set.',
    )
  const dataDir = resolve(values.GUILDHALL_DATA_DIR)
  const host =
    values.GUILDHALL_HOST === '0.0.0.0' || values.GUILDHALL_HOST === '::' ? 'localhost' : values.GUILDHALL_HOST
  return Object.freeze({
    ...values,
    dataDir,
    filesDir: join(dataDir, 'files'),
    secretsDir: join(dataDir, 'secrets'),
    publicUrl: (
      values.GUILDHALL_URL ?? `http://${host.includes(':') ? `[${host}]` : host}:${values.GUILDHALL_PORT}`
    ).replace(/\/+$/, ''),
  })
}

function describe(name: string): string {
  return Object.entries(variables).find(([variable]) => variable === name)?.[1].description ?? ''
}
