export interface ImportRequest {
  projectId: string
  collection: string
  format: 'csv' | 'json'
  content: string
  /** Says what would happen and writes nothing. */
  dryRun: boolean
  /** CSV heading to member; null leaves a column out. Without it, headings are matched to members by key and title. */
  mapping?: Record<string, string | null>
  /**
   * Member by whose value (or `id`, by which) a record is found again, so that a repeated import updates instead of adding.
   */
  key?: string
  /** Imports the rows that fit and leaves out the others, instead of refusing all. */
  skipInvalid?: boolean
}

export interface ImportReport {
  dryRun: boolean
  /** Rows in the file. */
  rows: number
  created: number
  updated: number
  unchanged: number
  invalid: number
  /** The first 100 problems; `row` counts from 1, without the heading. */
  errors: { row: number; field: string; message: string }[]
  /** How the columns of a CSV file were read. */
  columns: { heading: string; member: string | null }[]
}
