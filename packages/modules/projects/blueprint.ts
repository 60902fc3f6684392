import type { AnyOperation, Context, Job } from '@guildhall/kernel'
import type { Bucket } from '@guildhall/modules/files'

/** JSON Schema (2020-12) of a record. `x-` members tell the console how to show a member. */
export interface RecordSchema {
  type: 'object'
  properties: Record<string, MemberSchema>
  required?: string[]
  additionalProperties?: boolean
}

export interface MemberSchema {
  type?:
    | 'string'
    | 'number'
    | 'integer'
    | 'boolean'
    | 'array'
    | 'object'
    | ('string' | 'number' | 'integer' | 'boolean' | 'null')[]
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
  /** Unit that is shown with a number, `USD`, `s`, `%`. */
  'x-unit'?: string
  /** The value is the id of a record of this collection. */
  'x-collection'?: string
  /** The value is the id of a file in this bucket. */
  'x-bucket'?: string
  /** Longer text: shown as a text area, not in tables. */
  'x-multiline'?: boolean
  /** Goes into full-text search. */
  'x-search'?: boolean
  /** The client does not use it: not shown, but kept where there is a value. Set by overrides. */
  'x-hidden'?: boolean
  /** The client's own member, not the blueprint's. Set by overrides. */
  'x-added'?: boolean
}

export interface CollectionDefinition {
  key: string
  title: string
  /** One, in lower case, for buttons: `call`. */
  singular: string
  description: string
  icon: string
  schema: RecordSchema
  /** Member that names a record in lists and links. */
  titleMember: string
  defaultSort?: string
  /** No longer part of the blueprint, kept because the project has records in it. Set by upgrades. */
  retired?: boolean
}

/** How records are looked at. Declared here, drawn by the console. */
export type ViewDefinition =
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
  | {
      key: string
      kind: 'chart'
      title: string
      collection: string
      chart: 'bar' | 'line' | 'area'
      /** Member to group by; dates are grouped by `bucket`. */
      groupBy: string
      bucket?: 'day' | 'week' | 'month'
      measure: { function: 'count' | 'sum' | 'avg' | 'min' | 'max'; member?: string }
      /** One series per value of this member. */
      splitBy?: string
    }
  | {
      key: string
      kind: 'timeline'
      title: string
      collection: string
      at: string
      titleMember: string
      kindMember?: string
    }
  /** Drawn by a page of the console that the blueprint has earned: `calls`. */
  | { key: string; kind: 'page'; title: string; page: string; collection?: string }

export interface AgentDefinition {
  key: string
  name: string
  description: string
  instructions: string
  /** Names of operations that it may call as tools. */
  tools: string[]
  /** Keys of knowledge bases of the project. */
  knowledge: string[]
  /** Questions that the console offers on an empty chat. */
  starters: string[]
}

export interface Blueprint {
  id: string
  version: number
  title: string
  summary: string
  /** Who it is for. */
  audience: string
  icon: string
  standards: string[]
  collections: CollectionDefinition[]
  buckets: Bucket[]
  knowledge: { key: string; title: string }[]
  agents: AgentDefinition[]
  views: ViewDefinition[]
  operations: readonly AnyOperation[]
  jobs?: readonly Job[]
  /**
   * Licence-free sample data, the same for the same seed. Runs as a job after installation when asked for, and again after
   * a crash: records carry ids made from the seed and texts a key, so that the second time adds nothing twice.
   */
  sample(ctx: Context, project: InstalledProject, options: { seed: number; days: number }): Promise<void>
}

export function defineBlueprint(blueprint: Blueprint): Blueprint {
  return blueprint
}

/** What operations of a blueprint need to know of the project that they work in. */
export interface InstalledProject {
  id: string
  /** Ids of its knowledge bases by their keys. */
  knowledge: Record<string, string>
  /** Ids of its agents by their keys. */
  agents: Record<string, string>
}

export interface Projects {
  /** The tenant's project of this blueprint. With none or several, `projectId` decides. @throws Problem naming `projectId`. */
  resolve(ctx: Context, blueprintId: string, projectId?: string): Promise<InstalledProject>
  blueprints(): readonly Blueprint[]
}

declare module '@guildhall/kernel' {
  interface Services {
    projects: Projects
  }
}
