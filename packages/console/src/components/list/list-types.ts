import type { Api } from '@/api/client'
import type { ListParameters, Page } from '@/api/types'

export interface ListColumn<Row> {
  key: string
  label: string
  /** What stands in the cell when no slot `cell-<key>` draws it, and what goes into the CSV. */
  value: (row: Row) => string | number | boolean | null | undefined
  /** The field that the server sorts by. */
  sort?: string
  /** Figures stand at the end of their cell. */
  figure?: boolean
  /** Tailwind width of the column, `w-28`; columns without one share what is left. */
  width?: string
  /** Left out where the list is narrower than this; the sizes are those of the list, not of the screen. */
  from?: 'md' | 'lg' | 'xl' | '2xl'
  /** Place on a card (narrow screens); the first column is the title. */
  card?: 'title' | 'badge' | 'line' | 'hidden'
}

export type ListFilter =
  | {
      key: string
      label: string
      kind: 'choice'
      options: readonly { value: string; label: string }[]
      single?: boolean
    }
  /** Two parameters: `from` and `to`. */
  | { key: 'period'; label: string; kind: 'period' }

export type ListRead<Row> = (api: Api, parameters: ListParameters, signal?: AbortSignal) => Promise<Page<Row>>
