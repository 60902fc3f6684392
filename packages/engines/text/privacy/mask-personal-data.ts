import { z } from 'zod'
import { checkInput, provenanceOf, Provenance, type WorkOptions } from '../../contract/index.ts'
import { ScanInput, type ScanResult, scanSpans } from '../spans/scan-spans.ts'
import { SpanKind } from '../spans/span.ts'

/** Kinds that point at a person. Dates, companies and money do not by themselves; add them with `kinds`. */
export const personalKinds = [
  'email',
  'phone',
  'iban',
  'invalid-iban',
  'card',
  'national-id',
  'ip',
  'address',
  'person',
] as const satisfies readonly SpanKind[]

export const MaskInput = ScanInput.pick({ text: true, gazetteers: true }).extend({
  kinds: z
    .array(SpanKind)
    .min(1)
    .optional()
    .describe('Kinds to mask; those that point at a person unless told. `term` is added with gazetteers'),
})
export type MaskInput = z.infer<typeof MaskInput>

export const MaskResult = z.object({
  text: z.string().describe('The text with `[EMAIL_1]` and the like in place of what was found'),
  vault: z.record(z.string(), z.string()).describe('What each mask stands for; as secret as the text itself'),
  counts: z.record(z.string(), z.int()).describe('How many were masked, by kind'),
  provenance: Provenance,
})
export type MaskResult = z.infer<typeof MaskResult>

const maskPattern = /\[[A-Z_]+_\d+\]/g

/** What may end the search: a signal, but no time limit, since a text that is masked in part is not masked. */
export type MaskOptions = Pick<WorkOptions, 'signal' | 'onProgress'>

/** Personal data in a text, in order. Names are found behind a form of address or in a gazetteer, not by themselves. */
export function findPersonalData(input: z.input<typeof MaskInput>, options: MaskOptions = {}): ScanResult {
  const { text, gazetteers, kinds } = checkInput(MaskInput, input)
  const wanted: SpanKind[] = [...(kinds ?? personalKinds)]
  if (gazetteers?.length && !wanted.includes('term')) wanted.push('term')
  const { signal, onProgress } = options
  return scanSpans({ text, kinds: wanted, ...(gazetteers ? { gazetteers } : {}) }, { signal, onProgress })
}

/**
 * Replaces personal data by masks, the same value always by the same mask, so that what is written about the masked text can be read with
 * `restorePersonalData`. `restore(mask(text)) === text` for every text.
 */
export function maskPersonalData(input: z.input<typeof MaskInput>, options: MaskOptions = {}): MaskResult {
  const { text } = input
  const vault: Record<string, string> = {}
  const counts: Record<string, number> = {}
  const maskOf = new Map<string, string>()
  const numbers = new Map<string, number>()
  // A mask must not be one that the text has already.
  const written = new Set(text.match(maskPattern))
  let masked = ''
  let end = 0
  for (const span of findPersonalData(input, options).spans) {
    // A term may lie across something found before it: both are hidden under the first one's mask.
    if (span.start < end) continue
    const name = span.kind.toUpperCase().replaceAll('-', '_')
    // By what was written, not by its normal form: the text has to come back as it was.
    const key = `${name} ${span.text}`
    let mask = maskOf.get(key)
    if (mask === undefined) {
      do {
        numbers.set(name, (numbers.get(name) ?? 0) + 1)
        mask = `[${name}_${String(numbers.get(name))}]`
      } while (written.has(mask))
      maskOf.set(key, mask)
      vault[mask] = span.text
    }
    counts[span.kind] = (counts[span.kind] ?? 0) + 1
    masked += text.slice(end, span.start) + mask
    end = span.end
  }
  masked += text.slice(end)
  return { text: masked, vault, counts, provenance: provenanceOf('text/personal-data', '1.0.0', 0, [input]) }
}

/** Puts back what the masks stand for, wherever they stand now. Masks that the vault does not have stay. */
export function restorePersonalData(text: string, vault: Readonly<Record<string, string>>): string {
  return text.replace(maskPattern, (mask) => (Object.hasOwn(vault, mask) ? (vault[mask] ?? mask) : mask))
}
