/** Half-open range of characters (UTF-16 units) in a text. */
export interface TextRange {
  start: number
  end: number
}

/** Abbreviations whose dot does not end a sentence, in lower case without the dot: English, German, French, Italian, Spanish. */
const abbreviations = new Set(
  `mr mrs ms dr prof st sr jr vs etc e.g i.e eg ie cf approx appt apt ave blvd dept est fig inc ltd co corp no nos op p pp vol tel ext min max hr hrs
  z.b d.h u.a bzw ca evtl ggf inkl exkl usw nr str tel hr fr abs art bspw vgl zzgl
  m mme mlle mm env max min ex c.-a-d p.ex bd av
  sig sigg sig.ra dott dott.ssa ing avv rag ecc es art pag tel p.es c.so p.za v.le
  sra srta d ud uds pag aprox av ej p.ej núm num tel
  jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun mo di mi do sa so lun mar mer gio ven sab dom`.split(
    /\s+/,
  ),
)

const boundary = /[.!?…]+["'”’»)\]]*(?=\s|$)|[。！？]+[」』”]?|\n/g
const listMark = /^(?:[-*•–]|\d{1,3}[.)])\s+/
const bulletLine = /^[^\S\n]*(?:[-*•–]|\d{1,3}[.)])\s/
const speakerLine = /^[^\S\n]*(?:\[[\d:]+\]\s*)?\p{Lu}[\p{L}\p{N} .'-]{0,40}:\s/u
const endOfSentence = /[.!?…:;。！？]["'”’»)\]]*$/

/** A line shorter than this was ended on purpose; longer ones may have been wrapped by an editor. */
const wrapWidth = 60

/**
 * Sentences of a text in order, without surrounding white space and list marks. Table rows, list items, headings and the turns of a conversation,
 * which stand on lines of their own, count as sentences. Characters between the ranges are white space and list marks only.
 */
export function splitSentences(text: string): TextRange[] {
  const ranges: TextRange[] = []
  let start = 0
  const close = (end: number): void => {
    const raw = text.slice(start, end)
    const indent = raw.length - raw.trimStart().length
    const startsLine = start === 0 || raw.slice(0, indent).includes('\n')
    const mark = startsLine ? (listMark.exec(raw.slice(indent))?.[0].length ?? 0) : 0
    const from = start + indent + mark
    const to = start + raw.trimEnd().length
    if (to > from) ranges.push({ start: from, end: to })
    start = end
  }
  for (const found of text.matchAll(boundary)) {
    const end = found.index + found[0].length
    if (found.index < start) continue
    if (found[0] === '\n') {
      if (!isWrapped(text, start, found.index)) close(found.index)
    } else if (endsSentence(text, start, found.index, end, found[0])) close(end)
  }
  close(text.length)
  return ranges
}

/** A dot after an abbreviation, an initial or an ordinal number, or before a lower-case word, does not end the sentence. */
function endsSentence(text: string, start: number, at: number, end: number, mark: string): boolean {
  if (!mark.startsWith('.') || mark.startsWith('...'))
    return !/^\s+\p{Ll}/u.test(text.slice(end, end + 4)) || !mark.startsWith('.')
  let wordStart = at
  while (wordStart > start && !/[\s("'“„«[]/.test(text[wordStart - 1] ?? ' ')) wordStart--
  const word = text.slice(wordStart, at).toLowerCase()
  if (abbreviations.has(word)) return false
  if (/^\p{L}$/u.test(word) && at - wordStart === 1) return false
  if (/^\d{1,2}$/.test(word))
    return /^\s+\p{Lu}/u.test(text.slice(end, end + 4)) && wordStart > start && !isMonthNext(text, end)
  return !/^\s+\p{Ll}/u.test(text.slice(end, end + 4))
}

const months = /^\s+(?:jan|feb|m[aä]r|apr|mai|may|jun|jul|aug|sep|o[ck]t|nov|de[cz])/i

function isMonthNext(text: string, end: number): boolean {
  return months.test(text.slice(end, end + 8))
}

/** True when a line break only wraps a sentence: the line is long, ends open, and the next one starts no item, row or turn. */
function isWrapped(text: string, start: number, at: number): boolean {
  const next = text.slice(at + 1, at + 80)
  if (next.startsWith('\n') || next.trim() === '' || bulletLine.test(next) || speakerLine.test(next)) return false
  const line = text.slice(Math.max(start, text.lastIndexOf('\n', at - 1) + 1), at)
  if (line.trim() === '' || line.includes(' | ') || next.split('\n', 1)[0]?.includes(' | ')) return false
  if (endOfSentence.test(line)) return false
  return line.length >= wrapWidth || (/^\s*\p{Ll}/u.test(next) && /\p{L}.*\s.*\p{L}/u.test(line))
}
