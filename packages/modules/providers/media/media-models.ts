import type { Context } from '@guildhall/kernel'
import type { RunHandle } from '@guildhall/modules/runs'
import type { Judgement } from '../adapters/moderation.ts'
import type { OneShotResult } from '../one-shot.ts'

/** What a model of pictures is asked. */
export interface ImageRequest {
  prompt: string
  count: number
  /** `1024x1024`; left out = the model's own. */
  size?: `${number}x${number}` | undefined
  /** In OpenAI's words, for OpenAI's models. */
  quality?: string | undefined
  style?: string | undefined
  background?: string | undefined
  outputFormat?: string | undefined
}

export interface Images {
  images: { bytes: Uint8Array; mediaType: string }[]
  usage: { input: number; output: number } | null
}

export interface SpeechRequest {
  text: string
  voice: string
  /** `mp3`, `opus`, `aac`, `flac`, `wav`, `pcm`. */
  format: string
  /** 1 = as usual. */
  speed?: number | undefined
  instructions?: string | undefined
}

export interface TranscriptionRequest {
  bytes: Uint8Array
  mediaType: string
  filename: string
  /** ISO 639-1. */
  language?: string | undefined
  prompt?: string | undefined
  temperature?: number | undefined
  granularities: ('word' | 'segment')[]
}

/** A stretch of a recording, in seconds from its beginning. */
export interface Stretch {
  start: number
  end: number
  text: string
}

export interface Transcription {
  text: string
  language: string | null
  seconds: number | null
  /** Empty where the model tells no times. */
  segments: Stretch[]
  words: Stretch[]
}

/**
 * Models of pictures, voices, recordings and judgements. `model` is `default` (the first connection that can, then the
 * next), `provider/model`, or a model by its name.
 * @throws Problem 404 `model-not-found`, 424 `not-configured`, and what a call of a provider throws
 */
export interface MediaModels {
  images(ctx: Context, model: string, request: ImageRequest, run: RunHandle): Promise<OneShotResult<Images>>
  speech(ctx: Context, model: string, request: SpeechRequest, run: RunHandle): Promise<OneShotResult<Uint8Array>>
  transcription(
    ctx: Context,
    model: string,
    request: TranscriptionRequest,
    run: RunHandle,
  ): Promise<OneShotResult<Transcription>>
  moderation(ctx: Context, model: string, texts: readonly string[], run: RunHandle): Promise<OneShotResult<Judgement[]>>
}

declare module '@guildhall/kernel' {
  interface Services {
    mediaModels: MediaModels
  }
}
