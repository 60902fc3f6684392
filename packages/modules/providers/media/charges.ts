import type { ImageModelV4, TranscriptionModelV4 } from '@ai-sdk/provider'
import type { PricedUsage } from '@guildhall/modules/ledger'
import { estimateTokenCount } from 'tokenx'
import { z } from 'zod'
import { noTokens, type CountedTokens } from '../usage.ts'

/** What a call has used, and what of it is charged. Null = the provider did not say. */
interface Charge {
  tokens: CountedTokens | null
  charged: PricedUsage | null
}

/** Output tokens of a picture of 1024 x 1024 in medium quality (gpt-image-1). */
const usualImageTokens = 1_056

export function estimateImages(prompt: string, count: number): PricedUsage {
  const input = estimateTokenCount(prompt)
  return { ...noTokens, input, output: usualImageTokens * count, images: count, outputIsImage: true }
}

/** @param count pictures that came, of all results together */
export function chargeImages(
  results: readonly Pick<Awaited<ReturnType<ImageModelV4['doGenerate']>>, 'usage'>[],
  count: number,
): Charge {
  const told = results.every(({ usage }) => usage?.inputTokens !== undefined || usage?.outputTokens !== undefined)
  const sum = (of: 'inputTokens' | 'outputTokens') => results.reduce((all, { usage }) => all + (usage?.[of] ?? 0), 0)
  const tokens = told ? { ...noTokens, input: sum('inputTokens'), output: sum('outputTokens') } : null
  return { tokens, charged: { ...(tokens ?? noTokens), images: count, outputIsImage: true } }
}

/** Of speech: no provider says what it has used, and most charge by the character. */
export function chargeSpeech(text: string): PricedUsage {
  return { ...noTokens, characters: Array.from(text).length }
}

/** Bytes of a second, as recordings of 128 kbit/s have them. */
const usualBytesPerSecond = 16_000
/** Of models that are charged by the token (gpt-4o-transcribe). */
const tokensPerSecond = { input: 10, output: 4 }

export function estimateTranscription(audio: Uint8Array): PricedUsage {
  const audioSeconds = audio.byteLength / usualBytesPerSecond
  const input = Math.ceil(audioSeconds * tokensPerSecond.input)
  const output = Math.ceil(audioSeconds * tokensPerSecond.output)
  return { ...noTokens, input, output, inputAudio: input, audioSeconds }
}

type Transcript = Pick<
  Awaited<ReturnType<TranscriptionModelV4['doGenerate']>>,
  'durationInSeconds' | 'segments' | 'usage'
>

const Count = z.int().min(0)
const TokenUsage = z.object({
  input_tokens: Count,
  output_tokens: Count,
  input_token_details: z.object({ audio_tokens: Count }).partial().optional(),
})

/** Of a recording, by its length and, where the provider counts them, its tokens. */
export function chargeTranscription({ durationInSeconds, segments, usage }: Transcript): Charge {
  // Where no length is told, the last words end where the recording does, or a little before.
  const audioSeconds = durationInSeconds ?? (Math.max(0, ...segments.map(({ endSecond }) => endSecond)) || undefined)
  const { data } = TokenUsage.safeParse(usage)
  const tokens = data ? { ...noTokens, input: data.input_tokens, output: data.output_tokens } : null
  if (!tokens && audioSeconds === undefined) return { tokens: null, charged: null }
  const inputAudio = Math.min(data?.input_token_details?.audio_tokens ?? 0, tokens?.input ?? 0)
  return {
    tokens,
    charged: {
      ...(tokens ?? noTokens),
      ...(inputAudio > 0 ? { inputAudio } : {}),
      ...(audioSeconds === undefined ? {} : { audioSeconds }),
    },
  }
}
