import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TranscriptError, type Transcript } from './transcript.ts'
import { buildVcon, parseVcon, readVcon } from './vcon.ts'

const uuid = '018f6c4e-9d2a-8c11-9f00-3b1d7c5a2e10'
const createdAt = '2026-03-14T09:45:00Z'
const base = {
  vcon: '0.4.0',
  uuid,
  created_at: createdAt,
  parties: [
    { name: 'Dana', role: 'agent' },
    { name: 'Lee', mailto: 'mailto:lee@example.com', tel: '+15550100' },
  ],
}
const read = (more: object): Transcript => parseVcon(JSON.stringify({ ...base, ...more }))

const transcripts: fc.Arbitrary<Transcript> = fc
  .record({
    title: fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
    ids: fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 4 }),
    startedAt: fc.option(fc.constant('2026-03-14T09:30:00+01:00'), { nil: undefined }),
    turns: fc.array(
      fc.record({ who: fc.nat(3), gap: fc.nat(5000), length: fc.nat(60000), timed: fc.boolean(), text: fc.string() }),
      { minLength: 1, maxLength: 15 },
    ),
    role: fc.option(fc.constantFrom('rep' as const, 'prospect' as const, 'other' as const), { nil: undefined }),
  })
  .map(({ title, ids, startedAt, turns, role }) => {
    let clock = 0
    return {
      ...(title === undefined ? {} : { title }),
      ...(startedAt === undefined ? {} : { startedAt }),
      durationSeconds: 4000,
      parties: ids.map((id, index) => ({
        id,
        name: `Name ${index}`,
        ...(role === undefined ? {} : { role }),
        email: `n${index}@example.com`,
        tel: '+1555010',
      })),
      turns: turns.map((turn) => {
        const start = (clock += turn.gap)
        clock += turn.length
        const times = turn.timed ? { start: start / 1000, end: clock / 1000 } : { start: null, end: null }
        return {
          party: ids[turn.who % ids.length] ?? '',
          ...times,
          text: `t ${turn.text.replaceAll('\u0000', '')}`.trim(),
        }
      }),
      warnings: [],
    }
  })

const failure = (more: object): unknown => {
  try {
    return read(more)
  } catch (error) {
    return error
  }
}
const segment = (text: string): object => ({ encoding: 'json', body: [{ start: 1, end: 2, party: 0, text }] })

describe('vCon', () => {
  it('builds what it reads back', () => {
    fc.assert(
      fc.property(transcripts, (transcript) => {
        expect(parseVcon(JSON.stringify(buildVcon(transcript, { uuid, createdAt })))).toEqual(transcript)
      }),
    )
  })

  it('keeps recording, attachments, further analyses and unknown parameters', () => {
    const transcript: Transcript = {
      parties: [{ id: 'a' }],
      turns: [{ party: 'a', start: 0, end: 1, text: 'Hi' }],
      warnings: [],
    }
    const built = buildVcon(transcript, {
      uuid,
      createdAt,
      recording: { url: 'https://example.com/a.mp3', contentHash: 'sha512-abc', mediaType: 'audio/mpeg' },
      attachments: [
        {
          purpose: 'contract',
          start: createdAt,
          party: 0,
          dialog: 0,
          body: 'text',
          encoding: 'none',
          mediatype: 'text/plain',
          x_own: 1,
        },
      ],
      analysis: [{ type: 'summary', vendor: 'someone', body: 'short', encoding: 'none' }],
    })
    expect(readVcon(JSON.stringify(built))).toEqual(built)
    expect(built.dialog[0]).toMatchObject({ url: 'https://example.com/a.mp3', content_hash: 'sha512-abc' })
  })

  it('reads text dialogs with their times from the first one', () => {
    const transcript = read({
      dialog: [
        {
          type: 'text',
          start: '2026-03-14T10:00:00Z',
          parties: 0,
          body: 'Hello',
          encoding: 'none',
          mediatype: 'text/plain',
        },
        {
          type: 'text',
          start: '2026-03-14T10:00:30Z',
          duration: 2,
          parties: [0, 1],
          originator: 1,
          body: '<p>Hi&nbsp;</p>',
          encoding: 'none',
          mediatype: 'text/html',
        },
      ],
    })
    expect(transcript.startedAt).toBe('2026-03-14T10:00:00Z')
    expect(transcript.turns.map((turn) => [turn.party, turn.start, turn.end])).toEqual([
      ['party-0', 0, null],
      ['party-1', 30, 32],
    ])
    expect(transcript.parties[0]).toEqual({ id: 'party-0', name: 'Dana', role: 'rep' })
    expect(transcript.parties[1]).toEqual({ id: 'party-1', name: 'Lee', email: 'lee@example.com', tel: '+15550100' })
  })

  it('reads a World Transcription Format analysis with speaker labels', () => {
    const body = {
      transcript: { text: 'x' },
      segments: [{ id: 0, start: 0.5, end: 1.1, text: 'Hello', speaker: 7 }],
      speakers: { '7': { id: 7, label: 'Lee' } },
    }
    expect(
      read({ analysis: [{ type: 'wtf_transcription', dialog: 0, vendor: 'v', encoding: 'json', body }] }).turns,
    ).toEqual([{ party: 'party-1', start: 0.5, end: 1.1, text: 'Hello' }])
  })

  it('reads a stringified body with paragraphs per speaker', () => {
    const paragraphs = [
      { speaker: 0, start: 1, end: 2, sentences: [{ text: 'Hello.' }, { text: 'Welcome.' }] },
      { speaker: 1, start: 2, end: 3, sentences: [{ text: 'Thanks.' }] },
    ]
    const body = JSON.stringify({ results: { channels: [{ alternatives: [{ paragraphs: { paragraphs } }] }] } })
    const turns = read({ analysis: [{ type: 'transcript', dialog: 0, vendor: 'v', encoding: 'json', body }] }).turns
    expect(turns.map((turn) => [turn.party, turn.text])).toEqual([
      ['party-0', 'Hello. Welcome.'],
      ['party-1', 'Thanks.'],
    ])
  })

  it('reads a WebVTT body and a base64url body', () => {
    const vtt = 'WEBVTT\n\n00:01.000 --> 00:02.000\n<v Lee>Hi'
    for (const analysis of [
      { encoding: 'none', body: vtt },
      { encoding: 'base64url', body: Buffer.from(vtt).toString('base64url') },
    ])
      expect(
        read({ analysis: [{ type: 'transcript', vendor: 'v', mediatype: 'text/vtt', ...analysis }] }).turns,
      ).toEqual([{ party: 'party-1', start: 1, end: 2, text: 'Hi' }])
  })

  it('joins the transcripts of two dialogs on one clock', () => {
    const transcript = read({
      dialog: [
        { type: 'recording', start: '2026-03-14T10:00:00Z', duration: 60, parties: [0, 1] },
        { type: 'recording', start: '2026-03-14T10:02:00Z', duration: 60, parties: [0, 1] },
      ],
      analysis: [
        { type: 'transcript', dialog: 1, vendor: 'v', ...segment('second') },
        { type: 'transcript', dialog: 0, vendor: 'v', ...segment('first') },
      ],
    })
    expect(transcript.turns.map((turn) => [turn.start, turn.text])).toEqual([
      [1, 'first'],
      [121, 'second'],
    ])
  })

  it('opens a signed vCon and refuses an encrypted one', () => {
    const payload = Buffer.from(
      JSON.stringify({ ...base, dialog: [{ type: 'text', parties: 0, body: 'Grüß dich', encoding: 'none' }] }),
    ).toString('base64url')
    expect(parseVcon(JSON.stringify({ payload, signatures: [] })).turns[0]?.text).toBe('Grüß dich')
    expect(() => parseVcon(JSON.stringify({ ciphertext: 'x', recipients: [] }))).toThrow(/encrypted/)
  })

  it('names the field of what it cannot read', () => {
    expect(failure({ dialog: [{ type: 'recording', duration: 3 }] })).toMatchObject({
      field: 'analysis',
      remedy: expect.stringContaining('Transcribe'),
    })
    expect(failure({ dialog: [{ type: 5 }] })).toMatchObject({ field: 'dialog.0.type' })
    expect(failure({ dialog: [{ type: 'text', start: 'soon', body: 'x' }] })).toMatchObject({ field: 'dialog.0.start' })
    expect(failure({ analysis: [{ type: 'transcript', body: [{ start: 2, end: 1, text: 'x' }] }] })).toMatchObject({
      field: 'analysis.0.body.0',
    })
    expect(
      failure({ analysis: [{ type: 'transcript', body: { segments: [{ start: -1, text: 'x' }] } }] }),
    ).toMatchObject({ field: 'analysis.0.body.segments.0.start' })
    expect(failure({ critical: ['secret_ext'], dialog: [] })).toMatchObject({ field: 'critical' })
    expect(failure({ uuid: 5 })).toBeInstanceOf(TranscriptError)
  })
})
