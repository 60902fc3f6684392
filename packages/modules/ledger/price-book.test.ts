import { expect, test } from 'vitest'
import type { PricedCall, PricedUsage } from './ledger.ts'
import type { PriceOverride } from './override-price.ts'
import { createPriceBook } from './price-book.ts'
import { publishedPrice } from './price.ts'
import type { OverridePrices } from './schema.ts'

const july = new Date('2026-07-01T00:00:00Z')
const call = (model: string, at = july, provider = 'openai'): PricedCall => ({
  listedAs: provider === 'own' ? null : provider,
  baseUrl: null,
  provider,
  model,
  at,
})
const used = (input: number, output: number, more: Partial<PricedUsage> = {}): PricedUsage => ({
  input,
  output,
  cached: 0,
  cacheWrite: 0,
  ...more,
})
const override = (
  id: string,
  model: string,
  prices: OverridePrices,
  more: Partial<PriceOverride> = {},
): PriceOverride => ({
  id,
  provider: '*',
  model,
  prices,
  validFrom: new Date('2026-01-01T00:00:00Z'),
  validTo: null,
  ...more,
})

const version = (book: ReturnType<typeof createPriceBook>, model: string, provider: string) =>
  book.price(call(model, july, provider), used(10, 0)).version

test('an agreed price comes before the published one and is named beside the cost', () => {
  const book = createPriceBook([override('o1', 'gpt-5.1', { input: 1, output: 2 })])
  expect(book.price(call('gpt-5.1'), used(1000, 100))).toEqual({ costMicros: 1200, version: 'override o1' })
  expect(book.price(call('gpt-5.2'), used(1000, 100))).toEqual(publishedPrice(call('gpt-5.2'), used(1000, 100)))
})

test('a price holds from its first day to before its last', () => {
  const book = createPriceBook([
    override('old', 'm', { input: 1 }, { validTo: july }),
    override('new', 'm', { input: 3 }, { validFrom: july }),
  ])
  const cost = (at: string) => book.price(call('m', new Date(at), 'own'), used(10, 0)).costMicros
  expect([cost('2025-12-31T23:59:59Z'), cost('2026-06-30T23:59:59Z'), cost('2026-07-01T00:00:00Z')]).toEqual([
    null,
    10,
    30,
  ])
})

test('a client’s own prices come before all of its agency’s, and within each the most exact', () => {
  const own = [override('any', '*', { input: 7 })]
  const agency = [
    override('family', 'llama*', { input: 2 }),
    override('exact', 'llama-3', { input: 3 }),
    override('here', 'llama-3', { input: 4 }, { provider: 'own' }),
  ]
  expect(version(createPriceBook(own, agency), 'llama-3', 'own')).toBe('override any')
  const inherited = createPriceBook([], agency)
  expect(version(inherited, 'llama-3', 'own')).toBe('override here')
  expect(version(inherited, 'llama-3', 'other')).toBe('override exact')
  expect(version(inherited, 'llama-3.1', 'own')).toBe('override family')
  expect(version(inherited, 'mistral', 'own')).toBeNull()
})

test('what an override does not name costs as published, and is unknown where no list knows it', () => {
  const cheaperOutput = createPriceBook([override('o', '*', { output: 1 })])
  const input = publishedPrice(call('gpt-5.1'), used(1000, 0)).costMicros ?? 0
  expect(cheaperOutput.price(call('gpt-5.1'), used(1000, 100)).costMicros).toBe(input + 100)
  expect(cheaperOutput.price(call('local', july, 'own'), used(1000, 100)).costMicros).toBeNull()
  expect(cheaperOutput.price(call('local', july, 'own'), used(0, 100)).costMicros).toBe(100)
})

test('the provider’s cache costs what was agreed, else what is published, else what input costs', () => {
  const cached = used(1000, 0, { cached: 400, cacheWrite: 100 })
  const agreed = createPriceBook([override('o', 'm', { input: 2, cacheRead: 0.5, cacheWrite: 4 })])
  expect(agreed.price(call('m', july, 'own'), cached).costMicros).toBe(1000 + 200 + 400)
  const silent = createPriceBook([override('o', 'm', { input: 2 })])
  expect(silent.price(call('m', july, 'own'), cached).costMicros).toBe(2000)
})

test('pieces are charged by the piece', () => {
  const prices = { perImage: 0.04, perAudioSecond: 0.0001, perSearch: 0.01, perCall: 0.001, input: 0, output: 0 }
  const book = createPriceBook([override('o', '*', prices)])
  const cost = (usage: PricedUsage) => book.price(call('m', july, 'own'), usage).costMicros
  expect(cost(used(0, 0, { images: 2 }))).toBe(81_000)
  expect(cost(used(0, 0, { audioSeconds: 12.5 }))).toBe(1000 + 1250)
  expect(cost(used(10, 10, { searches: 3 }))).toBe(31_000)
})

test('speech is charged by the character where that was agreed, and unknown where no list knows it', () => {
  const speech = used(0, 0, { characters: 1_234 })
  expect(publishedPrice(call('tts-1'), speech).costMicros).toBeNull()
  // A list that knows its tokens, which nobody counts, does not make it free.
  expect(publishedPrice(call('gpt-4o-mini-tts'), speech).costMicros).toBeNull()
  const book = createPriceBook([override('o', 'tts-*', { perMillionCharacters: 15 })])
  expect(book.price(call('tts-1'), speech)).toEqual({ costMicros: 18_510, version: 'override o' })
  expect(createPriceBook([override('o', '*', { input: 1 })]).price(call('tts-1'), speech).costMicros).toBeNull()
})

test('pictures that no token was counted for are unknown, and charged by the piece where that was agreed', () => {
  const pictures = used(0, 0, { images: 2, outputIsImage: true })
  expect(publishedPrice(call('gpt-image-1'), pictures).costMicros).toBeNull()
  expect(publishedPrice(call('dall-e-3'), pictures).costMicros).toBeNull()
  const book = createPriceBook([override('o', 'dall-e-3', { perImage: 0.04 })])
  expect(book.price(call('dall-e-3'), pictures).costMicros).toBe(80_000)
  // The prompt is in the price of the picture.
  expect(book.price(call('dall-e-3'), used(50, 1_056, { images: 1, outputIsImage: true })).costMicros).toBe(40_000)
})

test('a price per call stands for pieces that have none of their own', () => {
  const book = createPriceBook([override('o', '*', { perCall: 0.02 })])
  for (const pieces of [{ images: 1 }, { audioSeconds: 60 }, { characters: 5 }])
    expect(book.price(call('m', july, 'own'), used(0, 0, pieces)).costMicros).toBe(20_000)
  expect(book.price(call('m', july, 'own'), used(10, 0)).costMicros).toBeNull()
})

test('a recording is charged by its length or by its tokens, never by both', () => {
  const told = used(600, 100, { audioSeconds: 60, inputAudio: 600 })
  // 600 audio tokens at 6 USD and 100 at 10 USD per million.
  expect(publishedPrice(call('gpt-4o-transcribe'), told).costMicros).toBe(3_600 + 1_000)
  expect(publishedPrice(call('whisper-1'), told).costMicros).toBe(6_000)
  const agreed = createPriceBook([override('o', '*', { perAudioSecond: 0.0001 })])
  expect(agreed.price(call('gpt-4o-transcribe'), told).costMicros).toBe(6_000)
})

test('parts of an override and of the list are rounded once, together', () => {
  const book = createPriceBook([override('o', '*', { output: 0.1 })])
  // 1 token at 1.25 USD and 1 at 0.10 USD per million are 1.35 micro-units.
  expect(book.price(call('gpt-5.1'), used(1, 1)).costMicros).toBe(1)
  expect(book.price(call('gpt-5.1'), used(1, 3)).costMicros).toBe(2)
})

test('a price of zero is free; half a micro-unit is rounded up once, at the end', () => {
  const free = createPriceBook([override('o', '*', { input: 0, output: 0 })])
  expect(free.price(call('m', july, 'own'), used(500, 500)).costMicros).toBe(0)
  const halves = createPriceBook([override('o', '*', { input: 0.25, output: 0.25 })])
  expect(halves.price(call('m', july, 'own'), used(1, 1)).costMicros).toBe(1)
  expect(halves.price(call('m', july, 'own'), used(5, 5)).costMicros).toBe(3)
})
