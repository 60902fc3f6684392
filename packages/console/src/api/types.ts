/** What the console reads and writes, named by subject. */

export type Role = 'viewer' | 'member' | 'admin' | 'owner'
export type Outcome = 'running' | 'ok' | 'failed' | 'cancelled' | 'interrupted'

export interface Brand {
  color?: string | null
  logoFileId?: string | null
  /** Signed address of the logo, given with what is read. */
  logoUrl?: string | null
}

export interface Tenant {
  id: string
  kind: 'agency' | 'client'
  slug: string
  name: string
  role: Role
  industry: string | null
  brand: Brand
  demo: boolean
}

export interface Me {
  user: { id: string; name: string; email: string; twoFactorEnabled: boolean } | null
  agency: { id: string; slug: string; name: string; brand: Brand } | null
  tenants: Tenant[]
  current: { tenant: { id: string; kind: 'agency' | 'client'; slug: string; name: string }; role: Role } | null
}

export interface Page<T> {
  items: T[]
  nextCursor: string | null
  total: number | null
}

/** The input of every list. */
export interface ListParameters {
  cursor?: string
  limit?: number
  sort?: string
  q?: string
  [filter: string]: string | number | undefined
}

export interface Client {
  id: string
  slug: string
  name: string
  industry: string | null
  brand: Brand
  demo: boolean
  createdAt: string
  archivedAt: string | null
}

export interface DailyUsage {
  day: string
  runs: number
  failed: number
  fallbacks: number
  tokensIn: number
  tokensOut: number
  costMicros: number
  costComplete: boolean
}

export interface UsageTotals {
  runs: number
  failed: number
  fallbacks: number
  tokensIn: number
  tokensOut: number
  costMicros: number
  costComplete: boolean
  p95Ms: number | null
}

export interface AgencyOverview {
  from: string
  to: string
  totals: UsageTotals
  previous: UsageTotals
  daily: DailyUsage[]
  clients: (UsageTotals & { id: string; slug: string; name: string; brand: Brand; lastRunAt: string | null; daily: number[] })[]
}

export interface ClientOverview {
  from: string
  to: string
  totals: UsageTotals
  previous: UsageTotals
  daily: DailyUsage[]
  agents: { id: string | null; name: string; runs: number; costMicros: number; costComplete: boolean }[]
  counts: { projects: number; agents: number; sources: number; chats: number; people: number }
}

export interface RunSummary {
  id: string
  client: { slug: string; name: string } | null
  kind: string
  title: string
  status: Outcome
  agent: { id: string; name: string; version: number | null } | null
  projectId: string | null
  chatId: string | null
  actor: { kind: string; id: string | null; name: string | null } | null
  provider: string | null
  model: string | null
  tokensIn: number
  tokensOut: number
  costMicros: number | null
  costComplete: boolean
  ms: number | null
  startedAt: string
  error: string | null
  feedback: { rating: 'up' | 'down' | null; comment: string | null } | null
}

export interface Attempt {
  id: string
  number: number
  provider: string
  model: string
  outcome: Exclude<Outcome, 'running'>
  startedAt: string
  ms: number
  firstTokenMs: number | null
  tokensIn: number | null
  tokensOut: number | null
  tokensCached: number | null
  tokensEstimated: boolean
  costMicros: number | null
  status: number | null
  reason: string | null
  error: string | null
}

export interface Step {
  id: string
  number: number
  kind: 'model' | 'tool' | 'retrieval' | 'engine' | 'approval' | 'message'
  name: string
  status: Outcome
  startedAt: string
  ms: number | null
  inputHash: string | null
  outputHash: string | null
  facts: Record<string, unknown> | null
  error: string | null
  attempts: Attempt[]
}

export interface RunDetail {
  run: RunSummary & { inputHash: string | null; outputHash: string | null }
  steps: Step[]
}

export interface UsageRow {
  key: string
  label: string
  runs: number
  tokensIn: number
  tokensOut: number
  costMicros: number
  costComplete: boolean
}

export interface Provider {
  /** Path segment of its operations. */
  kind: string
  type: 'google' | 'openai' | 'anthropic' | 'huggingface' | 'openai-compatible' | 'builtin'
  name: string
  configured: 'here' | 'inherited' | 'environment' | 'none'
  last4: string | null
  baseUrl: string | null
  models: { id: string; capabilities: string[] }[]
  state: 'ok' | 'failing' | 'untested' | 'none'
  lastError: string | null
  checkedAt: string | null
}

export interface ChainTarget {
  provider: string
  model: string
}

export interface ProviderChain {
  targets: ChainTarget[]
  inherited: boolean
}

export interface Member {
  userId: string
  name: string
  email: string
  role: Role
  createdAt: string
}

export interface Invitation {
  id: string
  email: string
  role: Role
  status: 'pending' | 'accepted' | 'revoked' | 'expired'
  expiresAt: string
  createdAt: string
  invitedBy: string | null
}

export interface ApiKey {
  id: string
  name: string
  last4: string
  role: Role
  scopes: string[] | null
  expiresAt: string | null
  lastUsedAt: string | null
  createdAt: string
}

export interface Grant {
  id: string
  userId: string
  userName: string
  clientSlug: string
  clientName: string
  role: Role
  createdAt: string
}

export interface AuditEntry {
  id: string
  at: string
  action: string
  outcome: 'ok' | 'refused' | 'failed'
  actor: { kind: string; id: string | null; name: string | null }
  client: { slug: string; name: string } | null
  target: string | null
  detail: Record<string, unknown> | null
  requestId: string | null
}

export interface MailSummary {
  id: string
  to: string
  from: string
  subject: string
  createdAt: string
}

export interface Mail extends MailSummary {
  text: string
  html: string | null
}

export interface KnowledgeBase {
  id: string
  key: string
  title: string
  projectId: string | null
  sources: { queued: number; reading: number; ready: number; failed: number }
}

export interface Source {
  id: string
  baseId: string
  title: string
  fileId: string | null
  mediaType: string | null
  size: number | null
  state: 'queued' | 'reading' | 'ready' | 'failed'
  reason: string | null
  remedy: string | null
  chunks: number | null
  createdAt: string
}

export interface Locator {
  page?: number
  sheet?: string
  slide?: number
  startSeconds?: number
  endSeconds?: number
}

export interface Passage {
  id: string
  sourceId: string
  baseId: string
  title: string
  headingPath: string[]
  text: string
  locator: Locator
  score: number
  matchedBy: ('text' | 'vector')[]
}

export interface Citation {
  marker: string
  passageId: string
  sourceId: string
  title: string
  headingPath: string[]
  locator: Locator
  quote: string
}

export interface StoredFile {
  id: string
  name: string
  bucket: string
  mediaType: string
  size: number
  projectId: string | null
  createdAt: string
}

export interface HealthReport {
  status: 'ok' | 'degraded' | 'down'
  version?: string
  checkedAt: string
  components: HealthComponent[]
}

export interface HealthComponent {
  name: string
  title: string
  state: 'ok' | 'degraded' | 'down' | 'off'
  ms: number | null
  detail: string | null
  lastError: string | null
  fallback: string | null
}

export interface StatusReport {
  status: 'ok' | 'degraded' | 'down'
  title: string
  checkedAt: string
  components: { name: string; title: string; state: 'ok' | 'degraded' | 'down' }[]
}
