import { z } from 'zod'
import {
  checkInput,
  provenanceOf,
  Provenance,
  startWork,
  type Warning,
  type WorkOptions,
} from '../../contract/index.ts'
import { dayNumber } from './calendar.ts'
import { findTerms, Gazetteer } from './gazetteer.ts'
import { scan } from './scanner.ts'
import { type ScanSettings, Span, SpanKind, spanKinds } from './span.ts'

export const ScanInput = z.object({
  text: z.string().max(50_000_000).describe('Text to search, at most 50 million characters'),
  kinds: z.array(SpanKind).min(1).optional().describe('Kinds to look for; all unless told'),
  dateOrder: z
    .enum(['dmy', 'mdy'])
    .optional()
    .describe('Whether 3/4/2026 means 3 April (`dmy`, unless told) or 4 March (`mdy`)'),
  today: z.iso
    .date()
    .optional()
    .describe('Day that `tomorrow` and `next Friday` count from; without it they have no value'),
  gazetteers: z.array(Gazetteer).max(1000).optional().describe('Own lists of names to find, reported as `term`'),
})
export type ScanInput = z.infer<typeof ScanInput>

export const ScanResult = z.object({
  spans: z.array(Span).describe('In order of their start; only `term` may overlap others'),
  provenance: Provenance,
})
export type ScanResult = z.infer<typeof ScanResult>

/**
 * Dates, durations, money, quantities, e-mail and web addresses, telephone numbers, IBANs and payment cards with their check digits, national
 * numbers, postal addresses, parties, and the terms of own lists. Rules for English, German, French, Italian and Spanish; one pass over the
 * text that tries a rule only where a digit, a mark or a known word can begin it. At the time limit the spans found so far
 * are returned, with a warning that says how far the text was read.
 *
 * @throws EngineInputError when the input is not what `ScanInput` says
 */
export function scanSpans(input: z.input<typeof ScanInput>, options: Omit<WorkOptions, 'seed'> = {}): ScanResult {
  const { text, kinds, dateOrder = 'dmy', today, gazetteers = [] } = checkInput(ScanInput, input)
  const settings: ScanSettings = { dateOrder, today: today === undefined ? null : dayOf(today) }
  const { found, read } = scan(text, new Set(kinds ?? spanKinds), settings, startWork(options))
  const ambiguous = found.filter((each) => each.ambiguous).length
  const warnings: Warning[] =
    ambiguous === 0
      ? []
      : [
          {
            code: 'ambiguous-dates',
            message: `${String(ambiguous)} date(s) could have day and month the other way round; they were read as ${dateOrder}.`,
          },
        ]
  if (read < text.length)
    warnings.push({
      code: 'time-limit',
      message: `The time limit ended the search after ${String(read)} of ${String(text.length)} characters.`,
    })
  if ((!kinds || kinds.includes('term')) && gazetteers.length > 0) found.push(...findTerms(text, gazetteers))
  found.sort((a, b) => a.start - b.start || b.end - a.end)
  return {
    spans: found.map(({ kind, start, end, value, unit }) => ({
      kind,
      start,
      end,
      text: text.slice(start, end),
      value,
      unit,
    })),
    provenance: provenanceOf('text/spans', '1.0.0', 0, [input], warnings),
  }
}

function dayOf(iso: string): number {
  const [year = 0, month = 1, day = 1] = iso.split('-').map(Number)
  return dayNumber(year, month, day)
}
