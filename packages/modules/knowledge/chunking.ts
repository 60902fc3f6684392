import { estimateTokenCount } from 'tokenx'
import { blockUnits, type Unit } from './chunk-units.ts'
import { type DocumentText, documentText } from './document-text.ts'
import type { Block, ParsedDocument } from './parsing/document.ts'

/** Where something stands in its source. Seconds count from the start of the recording. */
interface Place {
  page?: number
  sheet?: string
  slide?: number
  startSeconds?: number
  endSeconds?: number
}

/** From `offset` (in the chunk's text) on, the text comes from this place. */
export interface Mark extends Place {
  offset: number
  speaker?: string
}

export interface Chunk {
  /** Position in the document, from 0. */
  ordinal: number
  /** `prefixLength` characters of repeated table header, then exactly the document's text from `startOffset` to `endOffset`. */
  text: string
  prefixLength: number
  /** Headings above the chunk's start, outermost first. */
  headingPath: string[]
  /** Place of the first character; seconds span the whole chunk. Offsets count UTF-16 units in `documentText`. */
  locator: Place & { startOffset: number; endOffset: number }
  /** Where the place changes within the chunk, in order; the first mark has offset 0. */
  marks: Mark[]
  /** Estimate by tokenx. */
  tokens: number
}

export interface ChunkOptions {
  /** Size to aim at. A chunk may be up to a sixth larger, and a table's header comes on top. */
  targetTokens?: number
  /** Share of a chunk that the next one repeats from its end, 0 to 0.5. */
  overlap?: number
}

/** Sections smaller than this share of the target are joined with their next sibling. */
const smallSection = 0.3
/** A rest smaller than this share is added to the last chunk instead of standing alone. */
const smallRest = 0.15

/**
 * Divides a document into passages for search. A chunk keeps to one section, or to several small neighbouring ones; it ends between sentences,
 * rows or items, except where one of these is larger than the target by itself. Chunks after the first of a section begin with whole sentences
 * repeated from the one before; a table divided over chunks repeats its header row instead.
 */
export function chunkDocument(document: Pick<ParsedDocument, 'blocks'>, options: ChunkOptions = {}): Chunk[] {
  const { targetTokens = 400, overlap = 0.15 } = options
  if (!(targetTokens >= 20)) throw new RangeError(`targetTokens: ${targetTokens} is less than 20`)
  if (!(overlap >= 0 && overlap <= 0.5)) throw new RangeError(`overlap: ${overlap} is not between 0 and 0.5`)
  const { blocks } = document
  const whole = documentText(blocks)
  const groups = joinSmallSections(sections(blocks, whole, targetTokens), targetTokens)
  return groups
    .flatMap((group) => divide(group.units, whole, targetTokens, overlap).map((units) => ({ units, path: group.path })))
    .map(({ units, path }, ordinal) => chunk(units, ordinal, path, blocks, whole))
}

/** The place of a character of a chunk, so that a citation names the page or second of the quoted sentence, not of the chunk. */
export function locateInChunk(chunk: Pick<Chunk, 'marks'>, offset: number): Mark {
  return chunk.marks.findLast((mark) => mark.offset <= offset) ?? chunk.marks[0] ?? { offset: 0 }
}

interface Section {
  path: string[]
  /** True while it holds nothing but headings. */
  bare: boolean
  sheet: string | undefined
  units: Unit[]
  tokens: number
}

function sections(blocks: readonly Block[], whole: DocumentText, most: number): Section[] {
  const found: Section[] = []
  let open: { level: number; text: string }[] = []
  for (const [index, block] of blocks.entries()) {
    const units = blockUnits(block, index, whole, most)
    const tokens = units.reduce((sum, unit) => sum + unit.tokens, 0)
    const last = found.at(-1)
    if (block.kind === 'heading') {
      const level = block.level ?? 1
      open = [...open.filter((heading) => heading.level < level), { level, text: block.text }]
      found.push({ path: open.map((heading) => heading.text), bare: true, sheet: block.sheet, units, tokens })
    } else if (last && last.sheet === block.sheet) {
      last.units.push(...units)
      last.tokens += tokens
      last.bare = false
    } else
      found.push({
        path: open.map((heading) => heading.text),
        bare: false,
        sheet: block.sheet,
        units,
        tokens,
      })
  }
  return found
}

/** A small section takes in those that follow under the same heading; a heading without text of its own goes with what it announces. */
function joinSmallSections(all: readonly Section[], target: number): Section[] {
  const joined: Section[] = []
  for (const section of all) {
    const last = joined.at(-1)
    const path = last ? (last.bare ? announcedPath(last.path, section.path) : commonPath(last.path, section.path)) : []
    const fits = last && (last.bare || (last.tokens + section.tokens <= target && last.tokens < target * smallSection))
    if (last && fits && section.sheet === last.sheet && (path.length > 0 || section.path.length === 0)) {
      last.units.push(...section.units)
      last.tokens += section.tokens
      last.path = path
      last.bare &&= section.bare
    } else joined.push({ ...section, units: [...section.units] })
  }
  return joined
}

function announcedPath(heading: readonly string[], section: readonly string[]): string[] {
  return heading.every((part, index) => part === section[index]) ? [...section] : commonPath(heading, section)
}

function commonPath(a: readonly string[], b: readonly string[]): string[] {
  const different = a.findIndex((heading, index) => heading !== b[index])
  return different < 0 ? [...a] : a.slice(0, different)
}

function divide(units: readonly Unit[], whole: DocumentText, target: number, overlap: number): Unit[][] {
  const chunks: Unit[][] = []
  let remaining = units.reduce((sum, unit) => sum + unit.tokens, 0)
  let next = 0
  while (next < units.length) {
    const repeated = chunks.length === 0 ? [] : repeatedUnits(units, next, target * overlap)
    const taken = [...repeated]
    let tokens = repeated.reduce((sum, unit) => sum + unit.tokens, 0)
    const room = Math.max(target - headerTokens(taken[0] ?? units[next], whole), target / 4)
    let added = 0
    while (next < units.length) {
      const unit = units[next]
      if (!unit) break
      const restFits = remaining <= target * smallRest && added > 0
      if (added > 0 && tokens + unit.tokens > room && !restFits) break
      taken.push(unit)
      tokens += unit.tokens
      remaining -= unit.tokens
      added++
      next++
    }
    chunks.push(taken)
  }
  return chunks
}

/** Whole units before `next` that fit the overlap. Rows are not repeated: their header is. */
function repeatedUnits(units: readonly Unit[], next: number, most: number): Unit[] {
  if (units[next]?.headerEnd !== undefined) return []
  let first = next
  let tokens = 0
  while (first > 0) {
    const unit = units[first - 1]
    if (!unit || unit.headerEnd !== undefined || tokens + unit.tokens > most) break
    tokens += unit.tokens
    first--
  }
  return units.slice(first, next)
}

function headerTokens(first: Unit | undefined, whole: DocumentText): number {
  const header = first && repeatedHeader(first, whole)
  return header ? estimateTokenCount(header) : 0
}

function repeatedHeader(first: Unit, whole: DocumentText): string {
  return first.headerEnd === undefined ? '' : `${whole.text.slice(whole.starts[first.block] ?? 0, first.headerEnd)}\n`
}

function chunk(
  units: readonly Unit[],
  ordinal: number,
  headingPath: string[],
  blocks: readonly Block[],
  whole: DocumentText,
): Chunk {
  const first = units[0]
  const startOffset = first?.start ?? 0
  const endOffset = units.at(-1)?.end ?? 0
  const prefix = first ? repeatedHeader(first, whole) : ''
  const text = prefix + whole.text.slice(startOffset, endOffset)
  const marks = placeMarks(units, blocks, startOffset - prefix.length)
  const seconds = marks.flatMap((mark) => mark.endSeconds ?? mark.startSeconds ?? [])
  const { offset: _, speaker: __, ...place } = marks[0] ?? { offset: 0 }
  return {
    ordinal,
    text,
    prefixLength: prefix.length,
    headingPath,
    locator: { ...place, ...(seconds.length > 0 ? { endSeconds: Math.max(...seconds) } : {}), startOffset, endOffset },
    marks,
    tokens: estimateTokenCount(text),
  }
}

function placeMarks(units: readonly Unit[], blocks: readonly Block[], textStart: number): Mark[] {
  const marks: Mark[] = []
  let lastBlock = -1
  let lastPlace = ''
  for (const unit of units) {
    if (unit.block === lastBlock) continue
    lastBlock = unit.block
    const place = placeOf(blocks[unit.block])
    const key = JSON.stringify(place)
    if (key === lastPlace) continue
    lastPlace = key
    marks.push({ offset: marks.length === 0 ? 0 : unit.start - textStart, ...place })
  }
  return marks
}

function placeOf(block: Block | undefined): Place & { speaker?: string } {
  if (!block) return {}
  const { page, sheet, slide, startSeconds, endSeconds, speaker } = block
  return {
    ...(page === undefined ? {} : { page }),
    ...(sheet === undefined ? {} : { sheet }),
    ...(slide === undefined ? {} : { slide }),
    ...(startSeconds === undefined ? {} : { startSeconds }),
    ...(endSeconds === undefined ? {} : { endSeconds }),
    ...(speaker === undefined ? {} : { speaker }),
  }
}
