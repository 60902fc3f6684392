/** Phrases over lower-case words, found in one pass: `a|b` is either word, `word?` may be missing. */
export interface PhraseTrie<T> {
  next: Map<string, PhraseTrie<T>>
  /** What ends here, in the order it was added. */
  ends: T[]
}

const empty = <T>(): PhraseTrie<T> => ({ next: new Map(), ends: [] })

export function buildPhraseTrie<T>(phrases: Iterable<readonly [phrase: string, value: T]>): PhraseTrie<T> {
  const root = empty<T>()
  for (const [phrase, value] of phrases) {
    let nodes = [root]
    for (const part of phrase.split(' ')) {
      const optional = part.endsWith('?')
      const after = optional ? [...nodes] : []
      for (const word of (optional ? part.slice(0, -1) : part).split('|'))
        for (const node of nodes) {
          let child = node.next.get(word)
          if (!child) node.next.set(word, (child = empty()))
          after.push(child)
        }
      nodes = after
    }
    for (const node of new Set(nodes)) if (node !== root) node.ends.push(value)
  }
  return root
}

/** Every phrase that starts at word `from`: its values and the index after its last word, shortest first. */
export function phrasesAt<T>(
  root: PhraseTrie<T>,
  words: readonly { lower: string }[],
  from: number,
): { value: T; to: number }[] {
  const found: { value: T; to: number }[] = []
  let node: PhraseTrie<T> | undefined = root
  for (let at = from; at < words.length; at++) {
    node = node.next.get(words[at]?.lower ?? '')
    if (!node) break
    for (const value of node.ends) found.push({ value, to: at + 1 })
  }
  return found
}
