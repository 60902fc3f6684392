import type { Block } from './parsing/document.ts'

/** The text of a whole document, which all offsets of its chunks count in. */
export interface DocumentText {
  text: string
  /** Where each block starts, in the order of the blocks. */
  starts: number[]
}

/** Blocks are separated by a blank line, turns of a conversation by a line break; a turn starts with its speaker's name. */
export function documentText(blocks: readonly Block[]): DocumentText {
  const parts: string[] = []
  const starts: number[] = []
  let length = 0
  for (const [index, block] of blocks.entries()) {
    const separator =
      index === 0 ? '' : block.kind === 'utterance' && blocks[index - 1]?.kind === 'utterance' ? '\n' : '\n\n'
    const text = blockText(block)
    starts.push(length + separator.length)
    length += separator.length + text.length
    parts.push(separator, text)
  }
  return { text: parts.join(''), starts }
}

export function blockText(block: Block): string {
  return block.speaker ? `${block.speaker}: ${block.text}` : block.text
}
