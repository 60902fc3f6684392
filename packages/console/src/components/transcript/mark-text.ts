/** A stretch of a text to be marked; later kinds of the list win where stretches overlap. */
export interface Mark {
  start: number
  end: number
  kind: 'evidence' | 'found' | 'selected'
}

export interface TextPart {
  text: string
  kind: Mark['kind'] | null
  /** Where the part begins in the text. */
  start: number
}

const strength = { evidence: 1, found: 2, selected: 3 } as const

/** Cuts a text at the borders of its marks; put together again the parts are the text. */
export function markText(text: string, marks: readonly Mark[]): TextPart[] {
  const inside = marks.filter((mark) => mark.start < mark.end && mark.start < text.length)
  const borders = [
    ...new Set([0, text.length, ...inside.flatMap((mark) => [mark.start, Math.min(mark.end, text.length)])]),
  ].toSorted((a, b) => a - b)
  const parts: TextPart[] = []
  for (const [index, start] of borders.entries()) {
    const end = borders[index + 1]
    if (end === undefined) break
    const kind = inside
      .filter((mark) => mark.start <= start && mark.end >= end)
      .reduce<Mark['kind'] | null>(
        (best, mark) => (best === null || strength[mark.kind] > strength[best] ? mark.kind : best),
        null,
      )
    const last = parts.at(-1)
    if (last && last.kind === kind) last.text += text.slice(start, end)
    else parts.push({ text: text.slice(start, end), kind, start })
  }
  return parts
}

/** Places of words in a text, without regard to case; nothing is found by blanks. */
export function findWords(text: string, words: string): { start: number; end: number }[] {
  const wanted = words.trim()
  if (wanted === '') return []
  const pattern = new RegExp(
    wanted
      .split(/\s+/)
      .map((word) => word.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
      .join(String.raw`\s+`),
    'giu',
  )
  return Array.from(text.matchAll(pattern), (match) => ({ start: match.index, end: match.index + match[0].length }))
}
