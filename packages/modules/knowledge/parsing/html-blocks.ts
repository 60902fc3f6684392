import { load } from 'cheerio'
import type { Block } from './document.ts'
import { collapse, type DomElement, type DomNode, isElement, isText, walk } from './dom.ts'
import { tableText } from './table-text.ts'

/** Elements that hold no text of the document: code, navigation, controls, drawings. */
const skipped = new Set(
  'script style nav noscript template svg math iframe object embed canvas audio video head select button input textarea dialog'.split(
    ' ',
  ),
)

/** Items nested deeper are shown at this level: the indentation of a hostile page would otherwise grow with the square of its depth. */
const deepestIndent = 6

const blockElements = new Set(
  `address article aside blockquote body center dd details dialog div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup
  hr html legend li main ol p pre section summary table tbody td tfoot th thead tr ul`.split(/\s+/),
)

/**
 * The blocks of an HTML document or fragment. Uses htmlparser2, which stays linear on deep nesting where the standard's tree builder is quadratic.
 */
export function htmlBlocks(html: string): { title: string | null; blocks: Block[] } {
  const $ = load(html, { xml: { xmlMode: false, decodeEntities: true } })
  const root = $.root()[0]
  const title = collapse($('title').first().text())
  return { title: title || null, blocks: root ? blocksBelow(root) : [] }
}

function blocksBelow(root: DomNode): Block[] {
  const blocks: Block[] = []
  let text = ''
  let listDepth = 0
  const open: string[] = []

  const flush = (): void => {
    const found = block(text, open, listDepth)
    text = ''
    if (found) blocks.push(found)
  }

  walk(
    root,
    (node) => {
      if (isText(node)) {
        text += open.includes('pre') ? node.data : node.data.replace(/\s+/g, ' ')
        return false
      }
      if (!isElement(node)) return 'children' in node
      if (skipped.has(node.name) || isHidden(node)) return false
      if (node.name === 'table') {
        if (listDepth === 0) flush()
        const table = tableBlocks(node)
        if (listDepth === 0) blocks.push(...table)
        else for (const part of table) text += `\n${part.text}\n`
        return false
      }
      if (node.name === 'br') text += '\n'
      if (!blockElements.has(node.name)) return true
      if (node.name === 'li') text += `\n${'  '.repeat(Math.min(Math.max(listDepth - 1, 0), deepestIndent))}- `
      else if (listDepth === 0) flush()
      else if (!text.endsWith('- ')) text += ' '
      if (node.name === 'ul' || node.name === 'ol') listDepth++
      if (/^(h[1-6]|pre)$/.test(node.name)) open.push(node.name)
      return true
    },
    (node) => {
      if (!isElement(node) || !blockElements.has(node.name) || node.name === 'table' || isHidden(node)) return
      if (node.name === 'ul' || node.name === 'ol') {
        if (listDepth === 1) flush()
        listDepth = Math.max(listDepth - 1, 0)
      } else if (listDepth === 0) flush()
      if (open.at(-1) === node.name) open.pop()
    },
  )
  flush()
  return blocks
}

function block(raw: string, open: string[], listDepth: number): Block | null {
  const element = open.at(-1)
  if (element === 'pre') {
    const code = raw.replace(/^\n+|\s+$/g, '')
    return code.trim() ? { kind: 'code', text: code } : null
  }
  const text = raw
    .split('\n')
    .map((line) => (listDepth > 0 ? line.trimEnd().replace(/(\S) {2,}/g, '$1 ') : collapse(line)))
    .filter((line) => line.replace(/^\s*-\s*$/, '').trim() !== '')
    .join('\n')
  if (!text) return null
  if (element) return { kind: 'heading', level: Number(element.slice(1)), text: collapse(text) }
  return { kind: listDepth > 0 ? 'list' : 'paragraph', text }
}

function isHidden(element: DomElement): boolean {
  return 'hidden' in element.attribs || /display:\s*none|visibility:\s*hidden/i.test(element.attribs.style ?? '')
}

/** A table's caption and its rows. A layout table with one column becomes a paragraph; nested tables are read into the cell that holds them. */
function tableBlocks(table: DomElement): Block[] {
  const rows: string[][] = []
  let caption = ''
  let inCaption = false
  let depth = 0
  walk(
    table,
    (node) => {
      if (isText(node)) {
        const row = rows.at(-1)
        if (inCaption) caption += node.data
        else if (row && row.length > 0) row[row.length - 1] += node.data
        return false
      }
      if (!isElement(node)) return true
      if (skipped.has(node.name) || isHidden(node)) return false
      if (node.name === 'table') depth++
      if (node.name === 'caption') inCaption = true
      if (depth === 1 && node.name === 'tr') rows.push([])
      else if (depth === 1 && (node.name === 'td' || node.name === 'th')) rows.at(-1)?.push('')
      else if (blockElements.has(node.name) || node.name === 'br') {
        const row = rows.at(-1)
        if (row && row.length > 0) row[row.length - 1] += ' '
      }
      return true
    },
    (node) => {
      if (!isElement(node)) return
      if (node.name === 'table') depth--
      if (node.name === 'caption') inCaption = false
    },
  )
  const filled = rows.map((row) => row.map(collapse)).filter((row) => row.some((cell) => cell !== ''))
  const text = tableText(filled)
  const name = collapse(caption)
  const columns = Math.max(...filled.map((row) => row.length))
  return [
    ...(name ? [{ kind: 'paragraph', text: name } as const] : []),
    ...(text ? [{ kind: columns < 2 ? 'paragraph' : 'table', text } as const] : []),
  ]
}
