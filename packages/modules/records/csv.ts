import { invalidInput } from '@guildhall/kernel'
import type { MemberSchema } from '@guildhall/modules/projects'
import Papa from 'papaparse'
import { kindOf } from './member-kind.ts'

/**
 * Spreadsheets run cells that start like this (OWASP, CSV injection). Guarded by an apostrophe, which is taken away again
 * on import; text that has apostrophes there already gets one more, so that every value comes back as it was.
 */
const formulaStart = /^'*[=+\-@\t\r]/
const guarded = /^'+[=+\-@\t\r]/

/** A heading and rows of text. @throws Problem 400 naming `content` for broken quoting, missing or doubled headings. */
export function readCsv(content: string): { headings: string[]; rows: string[][] } {
  const parsed = Papa.parse<string[]>(content, { skipEmptyLines: 'greedy', delimiter: delimiterOf(content) })
  const broken = parsed.errors.find((error) => error.type === 'Quotes')
  if (broken) throw invalidInput([{ field: 'content', message: `row ${String(broken.row ?? 0)}: ${broken.message}` }])
  const [headings, ...rows] = parsed.data
  if (!headings) throw invalidInput([{ field: 'content', message: 'has no heading row' }])
  const doubled = headings.find((heading, index) => heading !== '' && headings.indexOf(heading) !== index)
  if (doubled !== undefined) throw invalidInput([{ field: 'content', message: `has two columns named ${doubled}` }])
  return { headings, rows }
}

/** The separator that gives the heading row most cells; the rows may hold the others as text. */
function delimiterOf(content: string): string {
  const cells = (delimiter: string) => Papa.parse<string[]>(content, { delimiter, preview: 1 }).data[0]?.length ?? 0
  return [',', ';', '\t', '|'].reduce((best, candidate) => (cells(candidate) > cells(best) ? candidate : best))
}

/** One line of a CSV file, RFC 4180. */
export function csvLine(cells: readonly string[]): string {
  return `${Papa.unparse([[...cells]], { newline: '\r\n' })}\r\n`
}

/** A value as a cell. Text is guarded against being run as a formula; lists and objects are JSON. */
export function cellOf(value: unknown): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return formulaStart.test(text) ? `'${text}` : text
}

/** A cell as the member's type; text that is not of that type stays text, and validation says so. Empty = absent. */
export function valueOf(cell: string, member: MemberSchema): unknown {
  const text = guarded.test(cell) ? cell.slice(1) : cell
  if (text === '') return undefined
  switch (kindOf(member)) {
    case 'number':
      return numberOf(text)
    case 'boolean':
      return booleanOf(text)
    case 'list':
      return (
        jsonOf(text) ??
        text
          .split(/[;|]/)
          .map((part) => part.trim())
          .filter((part) => part !== '')
      )
    case 'object':
      return jsonOf(text) ?? text
    default:
      return text
  }
}

function numberOf(text: string): number | string {
  const plain = text
    .trim()
    .replace(/^(-?)[$€£]\s*/, '$1')
    .replace(/\s*[%$€£]$/, '')
  const ungrouped = /^-?\d{1,3}(,\d{3})+(\.\d+)?$/.test(plain) ? plain.replaceAll(',', '') : plain
  const number = Number(ungrouped)
  return ungrouped !== '' && Number.isFinite(number) ? number : text
}

function booleanOf(text: string): boolean | string {
  const word = text.trim().toLowerCase()
  if (['true', 'yes', 'y', '1', 'x'].includes(word)) return true
  if (['false', 'no', 'n', '0'].includes(word)) return false
  return text
}

function jsonOf(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
