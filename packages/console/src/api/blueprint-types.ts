/** Projects, their collections and views, as the server describes them. */

export interface MemberSchema {
  type?: string | string[]
  title?: string
  description?: string
  format?: 'date' | 'date-time' | 'email' | 'uri' | 'uuid'
  enum?: (string | number | null)[]
  items?: MemberSchema
  properties?: Record<string, MemberSchema>
  required?: string[]
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  default?: unknown
  'x-unit'?: string
  'x-collection'?: string
  'x-bucket'?: string
  'x-multiline'?: boolean
  'x-search'?: boolean
}

export interface RecordSchema {
  type: 'object'
  properties: Record<string, MemberSchema>
  required?: string[]
}

export interface Collection {
  key: string
  title: string
  singular: string
  description: string
  icon: string
  schema: RecordSchema
  titleMember: string
  defaultSort?: string
  /** No longer part of the blueprint, kept for its records. */
  retired?: boolean
}

export type View =
  | { key: string; kind: 'table'; title: string; collection: string; members: string[]; sort?: string; filter?: Record<string, unknown> }
  | { key: string; kind: 'form'; title: string; collection: string; members: string[] }
  | { key: string; kind: 'detail'; title: string; collection: string; members: string[] }
  | { key: string; kind: 'board'; title: string; collection: string; groupBy: string; members: string[] }
  | ChartView
  | { key: string; kind: 'timeline'; title: string; collection: string; at: string; titleMember: string; kindMember?: string }
  | { key: string; kind: 'page'; title: string; page: string; collection?: string }

export interface ChartView {
  key: string
  kind: 'chart'
  title: string
  collection: string
  chart: 'bar' | 'line' | 'area'
  groupBy: string
  bucket?: 'day' | 'week' | 'month'
  measure: { function: 'count' | 'sum' | 'avg' | 'min' | 'max'; member?: string }
  splitBy?: string
}

export interface ProjectSummary {
  id: string
  name: string
  blueprint: { id: string; title: string; icon: string; version: number }
  /** A newer version of its blueprint that this installation has. */
  upgradeTo: number | null
  demo: boolean
  sample: { state: string; error: string | null }
  createdAt: string
  updatedAt: string
}

export type Project = ProjectSummary & {
  collections: Collection[]
  views: View[]
  agents: { key: string; id: string; name: string; description: string; starters: string[] }[]
  knowledge: { key: string; id: string; title: string }[]
  buckets: { name: string; title: string; accept: string[]; maxBytes?: number }[]
}

interface Part {
  key: string
  title: string
}

export interface BlueprintSummary {
  id: string
  version: number
  title: string
  summary: string
  audience: string
  icon: string
  standards: string[]
  collections: Part[]
  agents: { key: string; name: string; description: string }[]
  knowledge: Part[]
  operations: { name: string; summary: string }[]
}

type Change = 'added' | 'removed' | 'changed'
export type UpgradePart = Part & { change: Change; differs: string[] }

export interface UpgradePlan {
  from: number
  to: number
  available: boolean
  changes: {
    collections: (UpgradePart & { members: { name: string; change: Change; differs: string[] }[] })[]
    views: UpgradePart[]
    agents: UpgradePart[]
    knowledge: UpgradePart[]
    operations: { name: string; change: 'added' | 'removed' }[]
  }
  overrides: { path: string; fate: 'kept' | 'replaced' | 'resting' }[]
  misfits: { collection: string; title: string; count: number; items: { id: string; title: string; errors: { field: string; message: string }[] }[] }[]
  retained: { collection: string; title: string; records: number }[]
}

export interface StoredRecord {
  id: string
  version: number
  data: Record<string, unknown>
  createdAt: string
  updatedAt: string
}

export interface RecordVersion {
  version: number
  change: 'create' | 'update' | 'remove' | 'restore'
  /** Null for a removal. */
  data: Record<string, unknown> | null
  actor: { type: string; id: string; name: string }
  at: string
}

export interface AggregateGroup {
  key: string | number | boolean | null
  series: string | number | boolean | null
  value: number | null
  count: number
}

export interface ImportReport {
  dryRun: boolean
  rows: number
  created: number
  updated: number
  unchanged: number
  invalid: number
  errors: { row: number; field: string; message: string }[]
  columns: { heading: string; member: string | null }[]
}
