import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TranscriptError } from './transcript.ts'
import { buildWebvtt, parseWebvtt } from './webvtt.ts'

const failure = (text: string): TranscriptError => {
  try {
    parseWebvtt(text)
  } catch (error) {
    if (error instanceof TranscriptError) return error
    throw error
  }
  throw new Error('was read')
}

describe('parseWebvtt', () => {
  it('takes the speaker from voice tags and drops other markup', () => {
    const read = parseWebvtt(
      'WEBVTT - Intro call\n\n1\n00:00:01.000 --> 00:00:03.500 align:start position:10%\n<v.loud Dana Whit>Hello &amp; <i>welcome</i>.</v>\n\n' +
        '00:04.000 --> 00:06.000\n<v Lee>Hi,<00:05.000> thanks &lt;3',
    )
    expect(read.title).toBe('Intro call')
    expect(read.parties.map((party) => party.name)).toEqual(['Dana Whit', 'Lee'])
    expect(read.turns).toEqual([
      { party: 'p1', start: 1, end: 3.5, text: 'Hello & welcome.' },
      { party: 'p2', start: 4, end: 6, text: 'Hi, thanks <3' },
    ])
    expect(read.durationSeconds).toBe(6)
  })

  it('takes the speaker from a "Name:" prefix, and keeps a sentence that only contains a colon', () => {
    const read = parseWebvtt(
      'WEBVTT\n\n00:01.000 --> 00:02.000\nRep: Good morning.\n\n00:02.000 --> 00:03.000\nSo here is the thing: we moved.\n\n00:03.000 --> 00:04.000\nCustomer: I see.',
    )
    expect(read.parties).toEqual([
      { id: 'p1', name: 'Rep', role: 'rep' },
      { id: 'p2', name: 'Customer', role: 'prospect' },
    ])
    expect(read.turns.map((turn) => [turn.party, turn.text])).toEqual([
      ['p1', 'Good morning.'],
      ['p1', 'So here is the thing: we moved.'],
      ['p2', 'I see.'],
    ])
    expect(read.warnings.join()).toContain('1 pieces name no speaker')
  })

  it('skips NOTE, STYLE and REGION blocks and header metadata, and reads CRLF with a byte order mark', () => {
    const text =
      '\uFEFFWEBVTT\nKind: captions\n\nNOTE\nfor the editor --> only\n\nSTYLE\n::cue { color: red }\n\nREGION\nid:a\n\nintro\n100:00:01.000 --> 100:00:02.000\nDana: Late hours.\n'
    const read = parseWebvtt(text.replaceAll('\n', '\r\n'))
    expect(read.turns).toEqual([{ party: 'p1', start: 360001, end: 360002, text: 'Late hours.' }])
  })

  it('keeps overlapping cues and puts cues in order of time', () => {
    const read = parseWebvtt('WEBVTT\n\n00:05.000 --> 00:09.000\n<v B>second\n\n00:01.000 --> 00:06.000\n<v A>first')
    expect(read.turns.map((turn) => [turn.start, turn.end, turn.text])).toEqual([
      [1, 6, 'first'],
      [5, 9, 'second'],
    ])
    expect(read.warnings.join()).toContain('sorted by their start')
  })

  it('shares the time of a cue between the voices in it', () => {
    const read = parseWebvtt('WEBVTT\n\n00:00.000 --> 00:10.000\n<v A>Ready?</v>\n<v B>Surely.. I am!</v>')
    expect(read.turns.map((turn) => turn.party)).toEqual(['p1', 'p2'])
    expect(read.turns[0]?.end).toBe(read.turns[1]?.start)
    expect(read.turns[1]?.end).toBe(10)
  })

  it('names the line and the remedy of what it cannot read', () => {
    expect(failure('00:01.000 --> 00:02.000\nhello')).toMatchObject({ line: 1, format: 'webvtt' })
    expect(failure('WEBVTT\n\n00:03.000 --> 00:02.000\nhello')).toMatchObject({ line: 3 })
    expect(failure('WEBVTT\n\n00:03.000 --> 00:02.000\nhello').message).toContain('Put the earlier time first')
    expect(failure('WEBVTT\n\n-00:03.000 --> 00:02.000\nhello').message).toContain('is negative')
    expect(failure('WEBVTT\n\n00:61.000 --> 00:62.000\nhello').message).toContain('is not a time')
    expect(failure('WEBVTT\n\n00:01.000 -->\nhello').message).toContain('is not a time')
    expect(failure('WEBVTT\n\nNOTE only').message).toContain('no spoken text')
    expect(failure('WEBVTT\n\nan id\nand text without times').line).toBe(3)
  })

  it('reads any text or throws a TranscriptError', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom(
        'WEBVTT',
        '\n',
        '\n\n',
        ' --> ',
        '00:00:01.000',
        '00:09.5',
        '-1',
        '<v Dana>',
        '</v>',
        '<',
        '&',
        '&#x110000;',
        'NOTE',
        'A: ',
        '\r',
        '\u0000',
        '🙂',
      ),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), fc.boolean(), (pieces, header) => {
        try {
          const read = parseWebvtt((header ? 'WEBVTT\n\n' : '') + pieces.join(''))
          for (const turn of read.turns) expect(turn.end ?? 0).toBeGreaterThanOrEqual(turn.start ?? 0)
        } catch (error) {
          expect(error).toBeInstanceOf(TranscriptError)
        }
      }),
      { numRuns: 1000 },
    )
  })
})

describe('buildWebvtt', () => {
  it('writes what parseWebvtt reads back', () => {
    const turn = fc.record({
      gap: fc.integer({ min: 0, max: 9000 }),
      length: fc.integer({ min: 1, max: 90000 }),
      who: fc.integer({ min: 0, max: 2 }),
      text: fc.string({ minLength: 1 }),
    })
    fc.assert(
      fc.property(fc.array(turn, { minLength: 1, maxLength: 20 }), (drafts) => {
        let clock = 0
        const turns = drafts.map(({ gap, length, who, text }) => {
          const start = (clock += gap)
          clock += length
          return {
            party: `p${who}`,
            start: start / 1000,
            end: clock / 1000,
            text: `x ${text.replaceAll('\u0000', '')}`.replace(/\s+/g, ' ').trim(),
          }
        })
        const parties = [0, 1, 2].map((who) => ({ id: `p${who}`, name: `Name ${who} & <co>` }))
        const read = parseWebvtt(buildWebvtt({ title: 'A --> B', parties, turns }))
        const names = new Map(read.parties.map((party) => [party.id, party.name]))
        expect(read.turns.map((t) => [names.get(t.party), t.start, t.end, t.text])).toEqual(
          turns.map((t) => [`Name ${t.party.slice(1)} & <co>`, t.start, t.end, t.text]),
        )
      }),
    )
  })

  it('refuses turns without times', () => {
    expect(() => buildWebvtt({ parties: [], turns: [{ party: 'a', start: null, end: null, text: 'x' }] })).toThrow(
      /turns\.0/,
    )
  })
})
