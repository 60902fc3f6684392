/** One line of a page as it is printed. Lengths in PDF units (1/72 inch), origin at the bottom left. */
export interface PdfLine {
  text: string
  x: number
  y: number
  fontSize: number
}

/** The part of pdf.js's TextItem that is used. */
export interface PdfTextItem {
  str: string
  transform: number[]
  hasEOL: boolean
}

/** Joins the text items of one page into lines, in the order of the page's content stream. */
export function pageLines(items: readonly PdfTextItem[]): PdfLine[] {
  const lines: PdfLine[] = []
  let line: PdfLine | null = null
  for (const item of items) {
    const [a = 0, b = 0, c = 0, d = 0, x = 0, y = 0] = item.transform
    // The text matrix scales the unit square of a glyph: its height is the font size (ISO 32000-1, 9.4.4).
    const fontSize = Math.hypot(c, d) || Math.hypot(a, b)
    if (item.str !== '') {
      if (line === null) line = { text: item.str, x, y, fontSize }
      else {
        line.text += item.str
        if (item.str.trim()) line.fontSize = Math.max(line.fontSize, fontSize)
      }
    }
    if (item.hasEOL && line) {
      lines.push(line)
      line = null
    }
  }
  if (line) lines.push(line)
  return lines
    .map((found) => ({ ...found, text: found.text.replace(/\s+/g, ' ').trim() }))
    .filter((found) => found.text !== '')
}

/** Font size that most characters of the document are set in. */
export function bodyFontSize(pages: readonly (readonly PdfLine[])[]): number {
  const characters = new Map<number, number>()
  for (const line of pages.flat()) {
    const size = Math.round(line.fontSize * 2) / 2
    characters.set(size, (characters.get(size) ?? 0) + line.text.length)
  }
  return [...characters].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 0
}

/**
 * Texts of running headers and footers: the first or last line of a page that, apart from its numbers, returns on more than half of the pages.
 * They would otherwise cut sentences in two at each page break.
 */
export function runningLines(pages: readonly (readonly PdfLine[])[]): Set<string> {
  const counts = new Map<string, number>()
  const long = pages.filter((lines) => lines.length >= 3)
  if (long.length < 4) return new Set()
  for (const lines of long) {
    const edges = new Set([lines[0], lines.at(-1)].map((line) => withoutNumbers(line?.text ?? '')))
    for (const edge of edges) counts.set(edge, (counts.get(edge) ?? 0) + 1)
  }
  return new Set([...counts].filter(([, count]) => count > long.length / 2).map(([text]) => text))
}

export function withoutNumbers(text: string): string {
  return text.replace(/\d+/g, '#')
}
