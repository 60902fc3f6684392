import { expect, test } from 'vitest'
import { chargeImages, chargeSpeech, chargeTranscription, estimateTranscription } from './charges.ts'

const heard = (more: Partial<Parameters<typeof chargeTranscription>[0]> = {}) =>
  chargeTranscription({ durationInSeconds: undefined, segments: [], ...more })

test('pictures are counted also where the provider tells no tokens', () => {
  expect(chargeImages([{}, {}], 3)).toMatchObject({ tokens: null, charged: { images: 3, input: 0, output: 0 } })
  const usage = { inputTokens: 10, outputTokens: 1_056, totalTokens: 1_066 }
  expect(chargeImages([{ usage }, { usage }], 2)).toMatchObject({
    tokens: { input: 20, output: 2_112 },
    charged: { images: 2, input: 20, output: 2_112, outputIsImage: true },
  })
})

test('a character is what a reader takes for one code point', () => {
  expect(chargeSpeech('Grüße 👋')).toMatchObject({ characters: 7 })
})

test('a recording is charged by the length that is told, else by the end of its last words', () => {
  expect(heard({ durationInSeconds: 12.5 })).toMatchObject({ tokens: null, charged: { audioSeconds: 12.5 } })
  const segments = [
    { text: 'b', startSecond: 2, endSecond: 4.5 },
    { text: 'a', startSecond: 0, endSecond: 2 },
  ]
  expect(heard({ segments })).toMatchObject({ charged: { audioSeconds: 4.5 } })
  expect(heard()).toEqual({ tokens: null, charged: null })
})

test('tokens of a recording are those that the provider says', () => {
  const usage = { type: 'tokens', input_tokens: 40, output_tokens: 9, input_token_details: { audio_tokens: 30 } }
  expect(heard({ usage })).toMatchObject({
    tokens: { input: 40, output: 9 },
    charged: { input: 40, output: 9, inputAudio: 30 },
  })
  expect(heard({ usage: { type: 'tokens', input_tokens: -1, output_tokens: 'many' } })).toEqual({
    tokens: null,
    charged: null,
  })
})

test('a recording whose length nobody knows is thought to be of 128 kbit/s', () => {
  expect(estimateTranscription(new Uint8Array(160_000))).toMatchObject({ audioSeconds: 10, input: 100, output: 40 })
})
