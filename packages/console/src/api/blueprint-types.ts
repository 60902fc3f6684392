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

export interface Project {
  id: string
  name: string
  blueprint: { id: string; title: string; version: number; icon: string }
  collections: Collection[]
  views: View[]
  createdAt: string
  upgradeTo?: number | null
}

export interface BlueprintSummary {
  id: string
  version: number
  title: string
  summary: string
  audience: string
  icon: string
  standards: string[]
}

export interface StoredRecord {
  id: string
  version: number
  data: Record<string, unknown>
  createdAt: string
  updatedAt: string
}
