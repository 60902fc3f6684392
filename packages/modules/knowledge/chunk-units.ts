import { splitSentences } from '@guildhall/engines/extractive'
import { estimateTokenCount } from 'tokenx'
import { blockText, type DocumentText } from './document-text.ts'
import type { Block } from './parsing/document.ts'

/** A piece that is not divided further: a sentence, a row, an item, a heading. Offsets count in the document's text. */
export interface Unit {
  start: number
  end: number
  tokens: number
  block: number
  /** On the rows of a table below its header: where the header row ends. Absent when the header alone is over the budget. */
  headerEnd?: number
}

/** The units of one block, in order; together they cover all of it but white space. None is larger than `most` tokens. */
export function blockUnits(block: Block, index: number, document: DocumentText, most: number): Unit[] {
  const from = document.starts[index] ?? 0
  const text = blockText(block)
  const ends = unitEnds(block, text)
  const headerEnd = from + (ends[0] ?? 0)
  const repeatsHeader = block.kind === 'table' && ends.length > 1 && estimateTokenCount(text.slice(0, ends[0])) <= most
  const units: Unit[] = []
  let start = 0
  for (const end of ends) {
    start += text.slice(start, end).length - text.slice(start, end).trimStart().length
    for (const piece of start < end ? withinBudget(text, start, end, most) : []) {
      const row = repeatsHeader && start > 0 ? { headerEnd } : {}
      units.push({ start: from + piece.start, end: from + piece.end, tokens: piece.tokens, block: index, ...row })
    }
    start = end
  }
  return units
}

function unitEnds(block: Block, text: string): number[] {
  switch (block.kind) {
    case 'heading':
      return [text.length]
    case 'table':
    case 'code':
    case 'list':
      return lineEnds(text)
    case 'paragraph':
    case 'utterance': {
      const ends = splitSentences(text).map((sentence) => sentence.end)
      // What follows the last sentence (a lone list mark) belongs to it.
      return [...ends.slice(0, -1), text.length]
    }
  }
}

function lineEnds(text: string): number[] {
  const ends: number[] = []
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1))
    if (text.slice(ends.at(-1) ?? 0, at).trim()) ends.push(at)
  return [...ends, text.length]
}

interface Piece {
  start: number
  end: number
  tokens: number
}

/** A unit over the budget is divided at sentence ends, then at white space, and only within a word when the word alone is too long. */
function withinBudget(text: string, start: number, end: number, most: number): Piece[] {
  const whole = text.slice(start, end)
  const tokens = estimateTokenCount(whole)
  if (tokens <= most) return [{ start, end, tokens }]
  const sentenceEnds = splitSentences(whole).map((sentence) => start + sentence.end)
  if (sentenceEnds.length > 1) return pack(text, start, [...sentenceEnds.slice(0, -1), end], most)
  const wordEnds = [...whole.matchAll(/\S+/g)].map((word) => start + word.index + word[0].length)
  if (wordEnds.length > 1) return pack(text, start, wordEnds, most)
  return characterPieces(text, start, end, most)
}

/** Joins neighbouring parts as long as they fit; a part that does not fit alone is divided again. */
function pack(text: string, from: number, ends: readonly number[], most: number): Piece[] {
  const pieces: Piece[] = []
  let current: Piece | null = null
  let start = from
  for (const end of ends) {
    const tokens = estimateTokenCount(text.slice(start, end))
    if (current && current.tokens + tokens <= most)
      current = { start: current.start, end, tokens: current.tokens + tokens }
    else {
      if (current) pieces.push(current)
      current = null
      const partStart = start + text.slice(start, end).length - text.slice(start, end).trimStart().length
      if (tokens <= most) current = { start: partStart, end, tokens }
      else pieces.push(...withinBudget(text, partStart, end, most))
    }
    start = end
  }
  if (current) pieces.push(current)
  return pieces
}

/** Equal parts of one endless word; never between the halves of a surrogate pair. */
function characterPieces(text: string, start: number, end: number, most: number): Piece[] {
  const pieces: Piece[] = []
  let from = start
  while (from < end) {
    const low = text.charCodeAt(from + most)
    const to = Math.min(end, low >= 0xdc00 && low <= 0xdfff ? from + most + 1 : from + most)
    pieces.push({ start: from, end: to, tokens: estimateTokenCount(text.slice(from, to)) })
    from = to
  }
  return pieces
}
