import { expect, test } from 'vitest'
import { subRip, webVtt } from './subtitles.ts'

const segments = [
  { start: 0, end: 1.5, text: ' Hello & welcome.' },
  { start: 3661.0004, end: 3662.9996, text: 'Two\n\nlines <here>.' },
]

test('SubRip counts its cues and writes times with a comma', () => {
  expect(subRip(segments)).toBe(
    '1\n00:00:00,000 --> 00:00:01,500\nHello & welcome.\n\n2\n01:01:01,000 --> 01:01:03,000\nTwo\nlines <here>.\n',
  )
})

test('WebVTT escapes what would be markup, and no cue is broken by an empty line', () => {
  expect(webVtt(segments)).toBe(
    'WEBVTT\n\n00:00:00.000 --> 00:00:01.500\nHello &amp; welcome.\n\n01:01:01.000 --> 01:01:03.000\nTwo\nlines &lt;here&gt;.\n',
  )
})
