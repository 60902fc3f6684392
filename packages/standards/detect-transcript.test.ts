import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { detectTranscriptFormat, parseTranscript } from './detect-transcript.ts'
import { MAX_CHARACTERS, TranscriptError } from './transcript.ts'

const deep = (open: string, close: string): string => open.repeat(200_000) + close.repeat(200_000)
const vcon = JSON.stringify({
  uuid: 'u',
  created_at: 'now',
  parties: [{}],
  dialog: [{ type: 'text', body: 'Hello', parties: 0 }],
})

describe('detectTranscriptFormat', () => {
  it('believes the content before the name', () => {
    expect(detectTranscriptFormat({ filename: 'call.txt', text: '\uFEFFWEBVTT\n\n' })).toBe('webvtt')
    expect(detectTranscriptFormat({ filename: 'call.txt', text: '1\r\n00:00:01,000 --> 00:00:02,000\r\nx' })).toBe(
      'subrip',
    )
    expect(detectTranscriptFormat({ mediaType: 'text/plain; charset=utf-8', text: vcon })).toBe('vcon')
    expect(detectTranscriptFormat({ filename: 'w.json', text: '{"segments":[]}' })).toBe('json')
    expect(detectTranscriptFormat({ filename: 'w.json', text: '[{"text":"a"}]' })).toBe('json')
    expect(detectTranscriptFormat({ text: '[00:01] Dana: Hi' })).toBe('plain')
  })

  it('says what to do with a recording', () => {
    expect(() => detectTranscriptFormat({ filename: 'call.MP3', text: 'ID3' })).toThrow(/Send it as a recording/)
    expect(() => detectTranscriptFormat({ mediaType: 'audio/wav', text: 'RIFF' })).toThrow(TranscriptError)
  })
})

describe('parseTranscript', () => {
  it('reads each format through one door', () => {
    const sources = [
      'WEBVTT\n\n00:01.000 --> 00:02.000\nDana: Hello',
      '1\n00:00:01,000 --> 00:00:02,000\nDana: Hello',
      'Dana: Hello',
      'Hello',
      vcon,
      '{"text":"Hello"}',
      '{"segments":[{"start":0,"end":1,"speaker":"Dana","text":"Hello"}]}',
    ]
    for (const text of sources) expect(parseTranscript({ text }).turns.map((turn) => turn.text)).toEqual(['Hello'])
  })

  const mega = 10 * 1024 * 1024
  const hostile: [string, string][] = [
    ['nothing', ''],
    ['white space', ' \r\n\t '],
    ['a byte order mark alone', '\uFEFF'],
    ['binary', '\u0000\u0001\u0002RIFF'],
    ['10 MB of one line', 'a'.repeat(mega)],
    ['10 MB of one cue', `WEBVTT\n\n00:01.000 --> 00:02.000\n${'<v '.repeat(mega / 3)}`],
    ['10 MB of colons', ':'.repeat(mega)],
    ['10 MB of brackets', '['.repeat(mega)],
    ['broken JSON', '{"vcon":"0.4.0","parties":['],
    ['deep JSON', deep('[', ']')],
    [
      'deep JSON in an object',
      `{"vcon":"0.4.0","uuid":"u","created_at":"x","dialog":[{"type":"text","body":${deep('[', ']')}}]}`,
    ],
    ['deep JSON as a time', `{"segments":[{"text":"x","start":${deep('[', ']')}}]}`],
    [
      'deep JSON in a transcript body',
      `{"vcon":"0.4.0","uuid":"u","created_at":"x","analysis":[{"type":"transcript","body":${deep('{"a":', '}').replace('{"a":}', '{}')}}]}`,
    ],
    ['JSON that is no transcript', '{"hello":"world"}'],
    ['JSON null segments', '{"segments":[null]}'],
    ['reversed times', 'WEBVTT\n\n00:09.000 --> 00:01.000\nx'],
    ['negative times', '1\n-00:00:09,000 --> 00:00:01,000\nx'],
  ]
  it.each(hostile)('refuses %s with a TranscriptError in good time', (_, text) => {
    const before = performance.now()
    expect(() => parseTranscript({ text })).toThrow(TranscriptError)
    expect(() => parseTranscript({ filename: 'a.json', text })).toThrow(TranscriptError)
    expect(performance.now() - before).toBeLessThan(4000)
  })

  it('refuses a file above the limit', () => {
    expect(() => parseTranscript({ text: 'a\n'.repeat(MAX_CHARACTERS / 2 + 1) })).toThrow(/is the limit/)
  })

  it('reads a long call quickly', () => {
    const cues = Array.from({ length: 5000 }, (_, index) => {
      const clock = `${String(Math.floor(index / 1800)).padStart(2, '0')}:${String(Math.floor(index / 30) % 60).padStart(2, '0')}:${String((index % 30) * 2).padStart(2, '0')}`
      return `${clock}.000 --> ${clock}.900\n<v ${index % 2 ? 'Dana' : 'Lee'}>This is what was said at that time, more or less.`
    })
    const before = performance.now()
    expect(parseTranscript({ text: `WEBVTT\n\n${cues.join('\n\n')}` }).turns).toHaveLength(5000)
    expect(performance.now() - before).toBeLessThan(500)
  })

  it('reads any text under any name or throws a TranscriptError', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '{',
        '}',
        '[',
        ']',
        '"vcon":"0.4.0"',
        '"dialog":',
        ',',
        '\n',
        ': ',
        '00:01',
        '(00:99): ',
        ' --> ',
        'WEBVTT\n',
        '1\n',
        'Dana: ',
      ),
      fc.json(),
    )
    const name = fc.constantFrom('a.vtt', 'a.srt', 'a.txt', 'a.json', 'a.vcon', '', undefined)
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), name, (pieces, filename) => {
        try {
          const read = parseTranscript({ filename, text: pieces.join('') })
          const ids = new Set(read.parties.map((party) => party.id))
          expect(ids.size).toBe(read.parties.length)
          for (const turn of read.turns) expect(ids.has(turn.party)).toBe(true)
        } catch (error) {
          expect(error).toBeInstanceOf(TranscriptError)
        }
      }),
      { numRuns: 2000 },
    )
  })
})
