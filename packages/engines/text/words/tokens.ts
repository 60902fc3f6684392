const word = /[\p{L}\p{N}]+(?:[.,]\d+)*/gu
const asciiOnly = /^[\0-\x7f]*$/

/** Lower case without accents, `ß` as `ss`, so that `Öffnung` and `offnung` are the same word. */
export function fold(text: string): string {
  const lower = text.toLowerCase()
  if (asciiOnly.test(lower)) return lower
  return lower
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .replaceAll('ß', 'ss')
    .replaceAll('œ', 'oe')
    .replaceAll('æ', 'ae')
}

/**
 * Words and numbers of a text, folded. `e-mail` and `t-shirt` are one word, other hyphens and apostrophes divide; `25.50` is one number.
 */
export function tokenize(text: string): string[] {
  return (
    fold(text)
      .replace(/\b([a-z])-(?=[a-z]{3})/g, '$1')
      .match(word) ?? []
  )
}
