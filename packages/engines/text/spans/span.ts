import { z } from 'zod'

export const spanKinds = [
  'date',
  'duration',
  'money',
  'quantity',
  'email',
  'url',
  'ip',
  'phone',
  'iban',
  'invalid-iban',
  'card',
  'national-id',
  'address',
  'company',
  'person',
  'role',
  'term',
] as const

export const SpanKind = z.enum(spanKinds)
export type SpanKind = z.infer<typeof SpanKind>

export const Span = z.object({
  kind: SpanKind,
  start: z.int().describe('First character (UTF-16 units)'),
  end: z.int().describe('Character after the last'),
  text: z.string(),
  value: z
    .string()
    .nullable()
    .describe(
      'Normal form: ISO 8601 date or duration, decimal amount, IBAN (valid or mistyped) and card without spaces, phone as digits with its plus; null when only the words are known',
    ),
  unit: z
    .string()
    .nullable()
    .describe(
      'Currency (ISO 4217) of money, unit of a quantity, country of an IBAN or a national number, list of a term',
    ),
})
export type Span = z.infer<typeof Span>

/** What a finder returns: the place and the normal form. */
export interface Found {
  kind: SpanKind
  start: number
  end: number
  value: string | null
  unit: string | null
  /** A date whose day and month could be the other way round. */
  ambiguous?: boolean
}

export interface ScanSettings {
  /** Whether 3/4/2026 is the third of April (`dmy`) or the fourth of March (`mdy`). */
  dateOrder: 'dmy' | 'mdy'
  /** Days since 1970-01-01 that `tomorrow` counts from; null leaves such dates without a value. */
  today: number | null
}

/** Looks for one kind of span that starts at `at`. */
export type Finder = (text: string, at: number, settings: ScanSettings) => Found | null

/** True when the character is a letter, digit or underscore of any of the scanned languages. */
export function isWordCode(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 48 && code <= 57) ||
    (code >= 65 && code <= 90) ||
    code === 95 ||
    (code >= 0xc0 && code !== 0xd7 && code !== 0xf7 && code < 0x2000)
  )
}

/** A sticky expression tried at one place; the match with its groups, or null. */
export function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(text)
}

/** True when no word goes on at `end`. */
export function endsWord(text: string, end: number): boolean {
  return end >= text.length || !isWordCode(text.charCodeAt(end))
}
