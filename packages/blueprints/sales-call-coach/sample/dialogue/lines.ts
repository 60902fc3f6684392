import type { ObjectionKind } from '@guildhall/engines/conversation'

/**
 * Dialogue is written as plain lines, "R:" for the rep and "P:" for the prospect, with its truth marked in the text:
 * `[o]` and `[c]` before an open or closed question, `[!price]` before a sentence with an objection of that kind.
 * `{slots}` are filled from the business and the seller.
 */
export type Line = {
  by: 'rep' | 'prospect'
  text: string
  open: number
  closed: number
  objections: ObjectionKind[]
}

export type Slots = Readonly<Record<string, string>>

const MARK = /\[(o|c|!([a-z-]+))\]\s*/g

function fill(text: string, slots: Slots): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = slots[name]
    if (value === undefined) throw new Error(`The dialogue asks for {${name}}, which is not among the slots`)
    return value
  })
}

function readLine(raw: string, slots: Slots): Line {
  const by = raw.startsWith('R:') ? 'rep' : raw.startsWith('P:') ? 'prospect' : null
  if (!by) throw new Error(`A line of dialogue begins with "R:" or "P:", not "${raw.slice(0, 20)}"`)
  const line: Line = { by, text: '', open: 0, closed: 0, objections: [] }
  for (const mark of raw.matchAll(MARK)) {
    if (mark[1] === 'o') line.open += 1
    else if (mark[1] === 'c') line.closed += 1
    else line.objections.push(asKind(mark[2] ?? ''))
  }
  line.text = fill(raw.slice(2).replaceAll(MARK, '').trim(), slots)
  return line
}

const KINDS: readonly ObjectionKind[] = [
  'price',
  'timing',
  'authority',
  'need',
  'competitor',
  'trust',
  'contract',
  'status-quo',
]

function asKind(name: string): ObjectionKind {
  const kind = KINDS.find((one) => one === name)
  if (!kind) throw new Error(`"${name}" is not a kind of objection`)
  return kind
}

/** Reads a piece of dialogue. A sentence that begins with a slot gets its capital here. */
export function readDialogue(text: string, slots: Slots): Line[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => readLine(line, slots))
    .map((line) => ({
      ...line,
      text: line.text.replace(
        /(^|[.?!] )(\p{Ll})/gu,
        (_, before: string, letter: string) => before + letter.toUpperCase(),
      ),
    }))
}
