/** Citation markers as models write them: `[1]`, `[1, 2]`, `[1;3]`. */
const marker = /^\[\s*\d{1,3}(?:\s*[,;]\s*\d{1,3})*\s*\]/
/** What may still become one. */
const beginning = /^\[[\s\d,;]*$/
const longestMarker = 40

export interface MarkerFilter {
  /** Takes the next piece of text and returns what may be shown of it. */
  push(text: string): string
  /** Returns what was held back. */
  end(): string
  /** Markers that were let through, in the order of their first appearance. */
  readonly cited: number[]
}

/**
 * Lets only markers of existing passages through, one number each (`[1, 9]` of two passages becomes `[1]`), and drops
 * the others with the space before them, while the text streams. Code is left alone: `items[0]` is no citation.
 */
export function filterMarkers(passages: number): MarkerFilter {
  const cited: number[] = []
  let held = ''
  /** Length of the run of backticks that opened the code we are in; 0 outside. */
  let code = 0
  let ticks = 0
  let previous = ''

  function resolve(text: string): string {
    const known = (text.match(/\d+/g) ?? []).map(Number).filter((number) => number >= 1 && number <= passages)
    for (const number of known) if (!cited.includes(number)) cited.push(number)
    return known.map((number) => `[${String(number)}]`).join('')
  }

  /** Follows code spans and fences (CommonMark 0.31, sections 4.5 and 6.1); a span ends with its paragraph. */
  function followCode(character: string): void {
    if (character === '`') ticks++
    else if (ticks > 0) {
      if (code === 0) code = ticks
      else if (code === ticks) code = 0
      ticks = 0
    }
    if (character === '\n' && previous === '\n' && code < 3) code = 0
    previous = character
  }

  function push(text: string): string {
    let shown = ''
    for (const character of text) {
      if (held === '') {
        followCode(character)
        if (code === 0 && ticks === 0 && (character === '[' || character === ' ')) held = character
        else shown += character
        continue
      }
      held += character
      const candidate = held.trimStart()
      if (candidate === '') continue
      if (marker.test(candidate)) {
        const markers = resolve(candidate)
        shown += markers === '' ? '' : held.slice(0, held.length - candidate.length) + markers
        held = ''
      } else if (!beginning.test(candidate) || candidate.length > longestMarker) {
        // Not a marker; its last character may begin one.
        const released = held.slice(0, -1)
        held = ''
        for (const before of released.slice(1)) followCode(before)
        shown += released + push(character)
      }
    }
    return shown
  }

  return {
    cited,
    push,
    end() {
      const rest = held
      held = ''
      return rest
    },
  }
}
