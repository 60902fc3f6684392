/** The formats that can be read, named after their usual file extension. */
export type DocumentFormat =
  | 'pdf'
  | 'docx'
  | 'pptx'
  | 'xlsx'
  | 'csv'
  | 'html'
  | 'markdown'
  | 'text'
  | 'eml'
  | 'vtt'
  | 'srt'

type BlockKind = 'heading' | 'paragraph' | 'list' | 'table' | 'code' | 'utterance'

/**
 * One piece of a document in reading order.
 *
 * `table`: one line per row, cells joined by ` | `, the first line is the header row.
 * `list`: one line per item, each starting with `- `, nested items indented by two spaces.
 * `utterance`: what one party said; `speaker` is not repeated in `text`.
 */
export interface Block {
  kind: BlockKind
  /** Depth of a heading, 1 (document title) to 6. */
  level?: number
  text: string
  /** 1-based page of a PDF. */
  page?: number
  /** Name of the worksheet. */
  sheet?: string
  /** 1-based slide of a presentation. */
  slide?: number
  /** Seconds from the start of the recording. */
  startSeconds?: number
  endSeconds?: number
  speaker?: string
}

export interface ParsedDocument {
  title: string
  mediaType: string
  blocks: Block[]
  /** What was left out or guessed, in words for the person who uploaded the file. */
  warnings: string[]
  /** Number of pages or slides, where the format has them. */
  pages?: number
}

/** What a format's reader returns; the caller adds the media type and checks that there is text. */
export interface ReadResult {
  /** Absent when the document names no title. */
  title?: string
  blocks: Block[]
  warnings: string[]
  pages?: number
}

export const mediaTypes: Record<DocumentFormat, string> = {
  pdf: 'application/pdf',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  pptx: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  csv: 'text/csv',
  html: 'text/html',
  markdown: 'text/markdown',
  text: 'text/plain',
  eml: 'message/rfc822',
  vtt: 'text/vtt',
  srt: 'application/x-subrip',
}

/** File extensions without the dot, in lower case, and the format that each announces. */
export const formatOfExtension: Readonly<Record<string, DocumentFormat>> = {
  pdf: 'pdf',
  docx: 'docx',
  docm: 'docx',
  pptx: 'pptx',
  pptm: 'pptx',
  xlsx: 'xlsx',
  xlsm: 'xlsx',
  csv: 'csv',
  tsv: 'csv',
  html: 'html',
  htm: 'html',
  xhtml: 'html',
  md: 'markdown',
  markdown: 'markdown',
  txt: 'text',
  text: 'text',
  log: 'text',
  eml: 'eml',
  vtt: 'vtt',
  srt: 'srt',
}

export const supportedFormats = 'PDF, DOCX, PPTX, XLSX, CSV, HTML, Markdown, plain text, EML, VTT and SRT'
