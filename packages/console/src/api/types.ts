/** What the console reads and writes, named by subject. */

export type Role = 'viewer' | 'member' | 'admin' | 'owner'
export type Outcome = 'running' | 'ok' | 'failed' | 'cancelled' | 'interrupted'

export interface Brand {
  color?: string
  logoFileId?: string
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

export interface Person {
  id: string
  name: string
  email: string
  emailVerified: boolean
  twoFactorEnabled: boolean
  hasPassword: boolean
}

export interface Me {
  user: Person | null
  agency: { id: string; slug: string; name: string; brand: Brand } | null
  tenants: Tenant[]
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

/** What runs of a period add up to. */
export interface Activity {
  runs: number
  failed: number
  tokensIn: number
  tokensOut: number
  costMicros: number
  costComplete: boolean
}

export type ActivityDay = Activity & { day: string }

export interface Client {
  id: string
  slug: string
  name: string
  industry: string | null
  brand: Brand
  demo: boolean
  createdAt: string
  archivedAt: string | null
  role: Role
}

export type ListedClient = Client & { activity: Activity; lastRunAt: string | null }

export interface AgencyOverview {
  from: string
  to: string
  clients: number
  activeClients: number
  total: Activity
  previous: Activity
  series: ActivityDay[]
  byClient: (Activity & { id: string; slug: string; name: string; industry: string | null; brand: Brand; demo: boolean; lastRunAt: string | null })[]
}

export interface ClientOverview {
  from: string
  to: string
  total: Activity
  previous: Activity
  series: ActivityDay[]
  byKind: (Activity & { name: string })[]
  byAgent: (Activity & { name: string })[]
  lastRunAt: string | null
}

export interface Settings {
  id: string
  kind: 'agency' | 'client'
  slug: string
  name: string
  industry: string | null
  brand: Brand
  demo: boolean
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
  actor: { kind: string; id: string; name: string }
  requestId: string
  endedAt: string | null
  provider: string | null
  model: string | null
  attempts: number
  fallbackReason: string | null
  tokensIn: number
  tokensOut: number
  tokensCached: number
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
  tokensReasoning: number | null
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
  facts: Record<string, unknown>
  error: string | null
  attempts: Attempt[]
}

export interface RunDetail {
  run: RunSummary & { inputHash: string | null; outputHash: string | null }
  steps: Step[]
}

export interface UsageGroup {
  key: string
  label: string
  runs: number
  failed: number
  tokensIn: number
  tokensOut: number
  tokensCached: number
  costMicros: number
  costComplete: boolean
}

export interface Usage {
  groupBy: string
  from: string
  to: string
  rows: UsageGroup[]
  total: Omit<UsageGroup, 'key' | 'label'>
}

export type Capability = 'text' | 'embedding' | 'image' | 'transcription' | 'web-search'

export interface Provider {
  /** Path segment of its operations, first part of `provider/model`. */
  kind: string
  type: string
  name: string
  configured: 'here' | 'inherited' | 'environment' | 'none'
  last4: string | null
  baseUrl: string | null
  models: { id: string; capabilities: Capability[] }[]
  capabilities: Capability[]
  state: 'ok' | 'failing' | 'untested' | 'none'
  latencyMs: number | null
  lastError: string | null
  checkedAt: string | null
  pausedMs: number
}

export interface ChainTarget {
  provider: string
  model: string
}

export interface ProviderChain {
  targets: ChainTarget[]
  source: 'own' | 'agency' | 'default'
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
  invitedByName: string
  createdAt: string
  expiresAt: string
  expired: boolean
}

export interface ApiKey {
  id: string
  name: string
  role: Role
  scopes: string[] | null
  last4: string
  createdByName: string
  createdAt: string
  expiresAt: string | null
  lastUsedAt: string | null
  revokedAt: string | null
}

export interface Grant {
  id: string
  userId: string
  name: string
  email: string
  /** Null = every client. */
  client: { id: string; slug: string; name: string } | null
  role: Role
  createdAt: string
}

export interface AuditEvent {
  id: string
  at: string
  action: string
  actorType: string
  actorId: string
  actorName: string
  targets: { type: string; id: string; name?: string }[]
  metadata: Record<string, unknown>
  outcome: 'ok' | 'failed' | 'denied'
  requestId: string
}

export interface MailSummary {
  id: string
  to: string
  subject: string
  confidential: boolean
  state: 'queued' | 'sent' | 'failed' | 'kept'
  error: string | null
  createdAt: string
  sentAt: string | null
}

export type Mail = MailSummary & {
  content: { text: string; html: string; action: { label: string; url: string } | null } | null
  withheld: 'confidential' | 'not-kept' | null
}

export interface KnowledgeBase {
  id: string
  key: string
  title: string
  description: string
  projectId: string | null
  sources: { queued: number; reading: number; ready: number; failed: number }
}

export interface Source {
  id: string
  baseId: string
  title: string
  kind: 'file' | 'text'
  fileId: string | null
  fileName: string | null
  mediaType: string | null
  size: number
  state: 'queued' | 'reading' | 'ready' | 'failed'
  stage: 'opening' | 'reading' | 'indexing' | null
  reason: string | null
  remedy: string | null
  chunkCount: number
  pages: number | null
  warnings: string[]
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
  marker: number
  passageId: string
  sourceId: string
  baseId: string
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

export type HealthState = 'ok' | 'degraded' | 'down' | 'off'

export interface HealthReport {
  state: 'ok' | 'degraded' | 'down'
  version: string
  uptimeSeconds: number
  dependencies: { name: string; state: HealthState; detail: string; latencyMs: number | null; lastError: { message: string; at: string } | null }[]
  residentBytes: number | null
}

export interface StatusReport {
  state: 'ok' | 'degraded' | 'down'
  checkedAt: string
  components: { name: string; title: string; state: HealthState }[]
}

export interface SignInOptions {
  /** `owner` = there is nobody yet, the first account becomes the owner. */
  signUp: 'owner' | 'open' | 'closed'
  mailLeavesTheHouse: boolean
}

export interface InvitationPreview {
  email: string
  role: Role
  invitedByName: string
  expiresAt: string
  tenant: { name: string; kind: 'agency' | 'client'; brand: { color?: string } }
  hasAccount: boolean
}

export interface AcceptedInvitation {
  tenant: { id: string; kind: 'agency' | 'client'; slug: string; name: string }
  role: Role
  email: string
  accountCreated: boolean
}

export interface DemoState {
  installed: boolean
  clients: { slug: string; name: string }[]
}
