import { decodeText, encodingWarnings } from './decode-text.ts'
import type { Block, ReadResult } from './document.ts'
import { tableText } from './table-text.ts'

/** Reads Markdown as blocks (CommonMark's headings, fences, lists, quotes; GitHub's tables). Inline marks are removed, link texts stay. */
export function readMarkdown(bytes: Uint8Array): ReadResult {
  const decoded = decodeText(bytes)
  const { title, body } = frontMatter(decoded.text)
  return { ...(title ? { title } : {}), blocks: markdownBlocks(body), warnings: encodingWarnings(decoded) }
}

/** YAML front matter, as static site generators write it: only its title is of interest. */
function frontMatter(text: string): { title: string | null; body: string } {
  const found = /^---\n([\s\S]*?)\n---\n/.exec(text)
  if (!found) return { title: null, body: text }
  const title = /^title:\s*["']?(.+?)["']?\s*$/m.exec(found[1] ?? '')?.[1] ?? null
  return { title, body: text.slice(found[0].length) }
}

const fence = /^ {0,3}(`{3,}|~{3,})/
const atxHeading = /^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$/
const setextUnderline = /^ {0,3}(=+|-{2,})\s*$/
const listItem = /^(\s*)(?:[-*+]|\d{1,9}[.)])\s+(.*)$/
const tableDelimiter = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)+\|?\s*$/
const thematicBreak = /^ {0,3}([-*_])(?:\s*\1){2,}\s*$/

function markdownBlocks(text: string): Block[] {
  const lines = text.split('\n')
  const blocks: Block[] = []
  let paragraph: string[] = []
  const endParagraph = (): void => {
    const content = inline(paragraph.join(' '))
    paragraph = []
    if (content) blocks.push({ kind: 'paragraph', text: content })
  }

  for (let i = 0; i < lines.length; i++) {
    const line = (lines[i] ?? '').replace(/^ {0,3}(?:> ?)+/, '')
    const next = lines[i + 1] ?? ''
    const fenced = fence.exec(line)
    const heading = atxHeading.exec(line)
    const underline = paragraph.length > 0 && setextUnderline.exec(line)
    if (fenced) {
      endParagraph()
      const code: string[] = []
      const mark = fenced[1] ?? '```'
      while (++i < lines.length && !closesFence(lines[i] ?? '', mark)) code.push(lines[i] ?? '')
      if (code.join('').trim()) blocks.push({ kind: 'code', text: code.join('\n') })
    } else if (heading) {
      endParagraph()
      const title = inline(heading[2] ?? '')
      if (title) blocks.push({ kind: 'heading', level: heading[1]?.length ?? 1, text: title })
    } else if (underline) {
      const title = inline(paragraph.join(' '))
      paragraph = []
      if (title) blocks.push({ kind: 'heading', level: underline[1]?.startsWith('=') ? 1 : 2, text: title })
    } else if (line.includes('|') && tableDelimiter.test(next)) {
      endParagraph()
      const rows = [cells(line)]
      for (i += 2; (lines[i] ?? '').includes('|'); i++) rows.push(cells(lines[i] ?? ''))
      i--
      const content = tableText(rows)
      if (content) blocks.push({ kind: 'table', text: content })
    } else if (thematicBreak.test(line) || line.trim() === '') {
      endParagraph()
    } else if (listItem.test(line)) {
      endParagraph()
      const end = listEnd(lines, i)
      const content = listText(lines.slice(i, end))
      if (content) blocks.push({ kind: 'list', text: content })
      i = end - 1
    } else {
      paragraph.push(line.trim())
    }
  }
  endParagraph()
  return blocks
}

/** Index after a list's last line: blank lines belong to it only when an item or an indented line follows. */
function listEnd(lines: string[], start: number): number {
  let end = start + 1
  for (let i = start + 1; i < lines.length; i++) {
    const line = lines[i] ?? ''
    if (listItem.test(line) || /^\s{2,}\S/.test(line)) end = i + 1
    else if (line.trim() === '') continue
    else if (
      (lines[i - 1] ?? '').trim() !== '' &&
      !atxHeading.test(line) &&
      !fence.test(line) &&
      !thematicBreak.test(line)
    )
      end = i + 1
    else break
  }
  return end
}

function closesFence(line: string, mark: string): boolean {
  const found = fence.exec(line)?.[1]
  return found !== undefined && found[0] === mark[0] && found.length >= mark.length
}

function listText(lines: string[]): string {
  const items: string[] = []
  for (const line of lines) {
    const item = listItem.exec(line)
    if (item)
      items.push(
        `${'  '.repeat(Math.floor((item[1] ?? '').replaceAll('\t', '  ').length / 2))}- ${inline(item[2] ?? '')}`,
      )
    else if (line.trim() && items.length > 0) items[items.length - 1] += ` ${inline(line)}`
  }
  return items.join('\n')
}

function cells(row: string): string[] {
  return row
    .trim()
    .replace(/^\||(?<!\\)\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => inline(cell.replaceAll('\\|', '|')))
}

/** Text of inline Markdown: emphasis, code marks, HTML tags and link targets removed. */
function inline(text: string): string {
  return text
    .replace(/<!--[\s\S]*?-->/g, '')
    .replace(/!?\[([^\]]*)\]\((?:[^()\s]|\([^()]*\))*(?:\s+"[^"]*")?\)/g, '$1')
    .replace(/\[([^\]]+)\]\[[^\]]*\]/g, '$1')
    .replace(/<(https?:\/\/[^>]+|[^\s>@]+@[^\s>]+)>/g, '$1')
    .replace(/<\/?[a-z][^>]*>/gi, '')
    .replace(/(`+)(.+?)\1/g, '$2')
    .replace(/(\*\*\*|\*\*|\*|~~)(?=\S)(.+?)(?<=\S)\1/g, '$2')
    .replace(/(?<![\p{L}\p{N}])(__|_)(?=\S)(.+?)(?<=\S)\1(?![\p{L}\p{N}])/gu, '$2')
    .replace(/\\([\\`*_{}[\]()#+\-.!|<>~])/g, '$1')
    .replace(/\s+/g, ' ')
    .trim()
}
