import type { Answer } from './types'

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
  | {
      key: string
      kind: 'table'
      title: string
      collection: string
      members: string[]
      sort?: string
      filter?: Record<string, unknown>
    }
  | { key: string; kind: 'form'; title: string; collection: string; members: string[] }
  | { key: string; kind: 'detail'; title: string; collection: string; members: string[] }
  | { key: string; kind: 'board'; title: string; collection: string; groupBy: string; members: string[] }
  | ChartView
  | {
      key: string
      kind: 'timeline'
      title: string
      collection: string
      at: string
      titleMember: string
      kindMember?: string
    }
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

type Items<T> = T extends { items: (infer I)[] } ? I : never

type ProjectAnswer = Answer<'/api/projects/{id}'>
/** Collections and views are open in the server's description, because blueprints may add to them. */
export type Project = Omit<ProjectAnswer, 'collections' | 'views'> & { collections: Collection[]; views: View[] }
export type UpgradePlan = Answer<'/api/projects/{id}/upgrade'>
type RecordsPath = '/api/projects/{projectId}/collections/{collection}'
export type StoredRecord = Answer<`${RecordsPath}/records/{id}`>
export type RecordVersion = Items<Answer<`${RecordsPath}/records/{id}/history`>>
export type AggregateGroup = Answer<`${RecordsPath}/aggregate`, 'post'>['groups'][number]
export type ImportReport = Answer<`${RecordsPath}/import`, 'post'>

/** Schemas and views in the shapes of packages/modules/projects/blueprint.ts, which the server has checked. */
export function describedProject(project: ProjectAnswer): Project {
  return project as unknown as Project
}
