import type { paths } from './schema'

/** What the console reads, by the names of its subjects: derived from the server's own description. */

type Methods<P extends keyof paths> = Exclude<keyof paths[P], 'parameters'>
type Body<T> = T extends { responses: infer R }
  ? R extends { 200: { content: { 'application/json': infer B } } }
    ? B
    : R extends { 201: { content: { 'application/json': infer B } } }
      ? B
      : R extends { 202: { content: { 'application/json': infer B } } }
        ? B
        : never
  : never
/** The answer of an operation. */
export type Answer<P extends keyof paths, M extends Methods<P> = Methods<P> & 'get'> = Body<paths[P][M]>
type Item<P extends keyof paths> =
  Body<paths[P] extends { get: infer G } ? G : never> extends { items: (infer I)[] } ? I : never

export interface Page<T> {
  items: T[]
  nextCursor: string | null
  total: number | null
}

/** The input of every list: search, sort and filters come from the address. */
export interface ListParameters {
  cursor?: string
  limit?: number
  sort?: string
  q?: string
  [filter: string]: string | number | undefined
}

export type Me = Answer<'/api/me'>
export type Person = NonNullable<Me['user']>
type Tenant = Me['tenants'][number]
export type Role = Tenant['role']
export type Brand = Tenant['brand']
export type SignInOptions = Answer<'/api/sign-in-options'>

export type ListedClient = Item<'/api/clients'>
export type AgencyOverview = Answer<'/api/overview/agency'>
export type ClientOverview = Answer<'/api/overview/client'>
export type Activity = AgencyOverview['total']
export type ActivityDay = AgencyOverview['series'][number]
export type Settings = Answer<'/api/settings'>

export type RunSummary = Item<'/api/runs'>
type RunDetail = Answer<'/api/runs/{id}'>
export type Step = RunDetail['steps'][number]
export type Attempt = Step['attempts'][number]

export type Provider = Item<'/api/providers'>
export type ProviderChain = Answer<'/api/provider-chain'>
export type ChainTarget = ProviderChain['targets'][number]

export type Member = Item<'/api/members'>
export type Invitation = Item<'/api/invitations'>
export type ApiKey = Item<'/api/api-keys'>
export type Grant = Item<'/api/grants'>
export type AuditEvent = Item<'/api/audit'>
export type MailSummary = Item<'/api/mailbox'>

export type KnowledgeBase = Item<'/api/knowledge'>
export type Source = Item<'/api/knowledge/{baseId}/sources'>
type KnowledgeSearch = Answer<'/api/knowledge/search', 'post'>
type Passage = KnowledgeSearch['passages'][number]
export type SourceContent = Answer<'/api/knowledge/sources/{id}/content'>
export type Locator = Passage['locator']

export type Mail = Answer<'/api/mailbox/{id}'>
export type StoredFile = Answer<'/api/files/{id}'>
export type HealthReport = Answer<'/api/health'>
export type HealthState = HealthReport['dependencies'][number]['state']
export type StatusReport = Answer<'/api/status'>
