import { isWordCode } from './span.ts'

/** What a character can begin: nothing, a word, a number, or a span of its own. */
const none = 0
export const letter = 1
export const digit = 2
export const mark = 3
const classes = new Uint8Array(0x2100)
for (let code = 0; code < 0x2000; code++)
  if (code >= 48 && code <= 57) classes[code] = digit
  else if (isWordCode(code)) classes[code] = letter
for (const character of '@€$£¥+(') classes[character.charCodeAt(0)] = mark
export const euro = 0x20ac
classes[euro] = mark

export const classOf = (code: number): number =>
  code < 0x2100 ? (classes[code] ?? none) : code === 0x20b9 ? mark : code >= 0x2c00 ? letter : none
