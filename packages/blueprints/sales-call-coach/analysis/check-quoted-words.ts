import { verifyQuote } from '@guildhall/engines/conversation'
import type { Transcript } from '@guildhall/standards/transcript'

const quoted = /"([^"]+)"|“([^”]+)”|«([^»]+)»|„([^“”]+)[“”]/g
/** Shorter ones are titles and terms ("so-called") rather than what somebody said. */
const fewestWords = 3

/** Whether words that a text puts in quotation marks were said in the call. */
export function quotesTruly(transcript: Transcript, text: string): boolean {
  return Array.from(text.matchAll(quoted)).every((match) => {
    const words = match.slice(1).find((group) => group !== undefined) ?? ''
    return words.trim().split(/\s+/).length < fewestWords || verifyQuote(transcript, words) !== null
  })
}

/** The text without the sentences that quote what nobody said, and how many those were. */
export function dropInventedQuotes(transcript: Transcript, text: string): { text: string; dropped: number } {
  const sentences = Array.from(
    new Intl.Segmenter('en', { granularity: 'sentence' }).segment(text),
    (part) => part.segment,
  )
  const kept = sentences.filter((sentence) => quotesTruly(transcript, sentence))
  return { text: kept.join('').trim(), dropped: sentences.length - kept.length }
}
