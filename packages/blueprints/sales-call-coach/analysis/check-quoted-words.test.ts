import { parseTranscript } from '@guildhall/standards/detect-transcript'
import { describe, expect, it } from 'vitest'
import { demoCallVtt } from '../testing/demo-call.ts'
import { dropInventedQuotes, quotesTruly } from './check-quoted-words.ts'

const call = parseTranscript({ text: demoCallVtt, filename: 'demo.vtt' })

describe('words in quotation marks', () => {
  it('stay when somebody said them, whatever the marks', () => {
    const text = 'He said “Two hours a week would do it”. She asked "how do you plan your shifts today?"'
    expect(dropInventedQuotes(call, text)).toEqual({ text, dropped: 0 })
  })

  it('take their sentence with them when nobody said them', () => {
    expect(
      dropInventedQuotes(call, 'The call went well. Piet said "I will buy ten of them". They meet on Thursday.'),
    ).toEqual({
      text: 'The call went well. They meet on Thursday.',
      dropped: 1,
    })
  })

  it('of one or two words are terms, not quotes', () => {
    expect(quotesTruly(call, 'A "warm lead" is a lead.')).toBe(true)
  })
})
