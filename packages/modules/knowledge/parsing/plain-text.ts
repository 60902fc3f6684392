import { decodeText, encodingWarnings } from './decode-text.ts'
import type { Block, ReadResult } from './document.ts'
import { conversation } from './transcript-blocks.ts'

/** Reads plain text: paragraphs between blank lines, or utterances where the file is the transcript of a conversation. */
export function readPlainText(bytes: Uint8Array): ReadResult {
  const decoded = decodeText(bytes)
  const read = conversation(decoded.text) ?? { blocks: textParagraphs(decoded.text), warnings: [] }
  return { ...read, warnings: [...encodingWarnings(decoded), ...read.warnings] }
}

const underlined = /^(.{1,120})\n(?:={3,}|-{3,})$/
const bullet = /^\s*(?:[-*•–]|\d{1,3}[.)])\s+/

/** Paragraphs between blank lines; underlined lines and lines in capitals are headings, runs of bullets are lists. */
export function textParagraphs(text: string): Block[] {
  const blocks: Block[] = []
  for (const raw of text.split(/\n[^\S\n]*\n+/)) {
    const part = raw.replace(/^\n+|\s+$/g, '')
    if (!part.trim()) continue
    const title = underlined.exec(part)?.[1]
    const lines = part.split('\n')
    if (title) blocks.push({ kind: 'heading', level: part.includes('\n=') ? 1 : 2, text: title.trim() })
    else if (lines.length === 1 && isCapitals(part)) blocks.push({ kind: 'heading', level: 2, text: part.trim() })
    else if (lines.length > 1 && lines.every((line) => bullet.test(line))) {
      blocks.push({ kind: 'list', text: lines.map((line) => `- ${line.replace(bullet, '').trim()}`).join('\n') })
    } else blocks.push({ kind: 'paragraph', text: lines.map((line) => line.trim()).join('\n') })
  }
  return blocks
}

function isCapitals(line: string): boolean {
  return line.length <= 80 && /\p{Lu}{2}/u.test(line) && line === line.toUpperCase() && !/[.!?;,]\s*$/.test(line)
}
