/** One printed line: text in Latin-1, font size in points. */
interface WrittenLine {
  text: string
  size?: number
  /** White space above, in lines. */
  gap?: number
}

export interface WrittenPdf {
  /** Each page's lines; a page without lines is an empty page, as a scan without text recognition is. */
  pages: (string | WrittenLine)[][]
  title?: string
  /** Adds an /Encrypt dictionary (standard handler, 40 bit) with a user password that nobody knows. */
  encrypted?: boolean
}

/** A small, valid PDF 1.4 with uncompressed content streams and a correct cross-reference table. */
export function writePdf({ pages, title, encrypted }: WrittenPdf): Uint8Array {
  const objects: string[] = []
  const add = (body: string): number => objects.push(body)
  const catalog = add('')
  const tree = add('')
  const font = add('<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>')
  const kids = pages.map((lines) => {
    const stream = contentStream(lines)
    const content = add(`<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`)
    return add(
      `<< /Type /Page /Parent ${tree} 0 R /MediaBox [0 0 595 842] /Contents ${content} 0 R /Resources << /Font << /F1 ${font} 0 R >> >> >>`,
    )
  })
  objects[catalog - 1] = `<< /Type /Catalog /Pages ${tree} 0 R >>`
  objects[tree - 1] = `<< /Type /Pages /Count ${kids.length} /Kids [${kids.map((kid) => `${kid} 0 R`).join(' ')}] >>`
  const info = title === undefined ? 0 : add(`<< /Title (${escape(title)}) >>`)
  const encrypt = encrypted
    ? add(`<< /Filter /Standard /V 1 /R 2 /P -4 /O <${'5a'.repeat(32)}> /U <${'a5'.repeat(32)}> >>`)
    : 0

  let file = '%PDF-1.4\n'
  const offsets = objects.map((body, index) => {
    const offset = file.length
    file += `${index + 1} 0 obj\n${body}\nendobj\n`
    return offset
  })
  const table = file.length
  file += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n`
  file += offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')
  file += `trailer\n<< /Size ${objects.length + 1} /Root ${catalog} 0 R`
  if (info) file += ` /Info ${info} 0 R`
  if (encrypt) file += ` /Encrypt ${encrypt} 0 R /ID [<${'00'.repeat(16)}> <${'00'.repeat(16)}>]`
  file += ` >>\nstartxref\n${table}\n%%EOF\n`
  return Uint8Array.from(file, (character) => character.charCodeAt(0))
}

function contentStream(lines: (string | WrittenLine)[]): string {
  let y = 800
  const shown = lines.map((line) => {
    const { text, size = 11, gap = 0 } = typeof line === 'string' ? { text: line } : line
    y -= size * 1.2 + gap * 12
    return `/F1 ${size} Tf 1 0 0 1 50 ${y.toFixed(2)} Tm (${escape(text)}) Tj`
  })
  return shown.length > 0 ? `BT\n${shown.join('\n')}\nET` : '0 0 595 842 re f'
}

function escape(text: string): string {
  return text.replace(/[\\()]/g, (character) => `\\${character}`)
}
