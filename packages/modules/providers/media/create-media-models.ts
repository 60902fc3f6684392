import type { JSONValue } from '@ai-sdk/provider'
import type { Context } from '@guildhall/kernel'
import { fileTypeFromBuffer } from 'file-type'
import type { Target } from '../connection.ts'
import type { GatewayState } from '../gateway-state.ts'
import { askOnce } from '../one-shot.ts'
import { noTokens } from '../usage.ts'
import { findTargets, type MediaPurpose } from './find-targets.ts'
import { chargeImages, chargeSpeech, chargeTranscription, estimateImages, estimateTranscription } from './charges.ts'
import type { ImageRequest, MediaModels, Stretch, TranscriptionRequest } from './media-models.ts'

export function createMediaModels(state: GatewayState): MediaModels {
  async function targetsOf(ctx: Context, purpose: MediaPurpose, model: string): Promise<Target[]> {
    const { connections } = await state.providers.of(ctx)
    return findTargets(purpose, model, { connections, fetch: state.fetch })
  }
  return {
    async images(ctx, model, request, run) {
      return askOnce({
        ctx,
        state,
        run,
        kind: 'image',
        name: 'image',
        input: request,
        targets: await targetsOf(ctx, 'image', model),
        estimate: estimateImages(request.prompt, request.count),
        ask: (target, signal) => drawImages(target, request, signal),
      })
    },
    async speech(ctx, model, request, run) {
      const { text, voice, format, speed, instructions } = request
      const charged = chargeSpeech(text)
      return askOnce({
        ctx,
        state,
        run,
        kind: 'speech',
        name: 'speech',
        input: request,
        targets: await targetsOf(ctx, 'speech', model),
        estimate: charged,
        async ask(target, abortSignal) {
          const result = await offered(target, 'speech')
            .create(target.model)
            .doGenerate({
              text,
              voice,
              outputFormat: format,
              abortSignal,
              ...(speed === undefined ? {} : { speed }),
              ...(instructions ? { instructions } : {}),
            })
          const value = bytesOf(result.audio)
          return { value, tokens: null, charged, output: value }
        },
      })
    },
    async transcription(ctx, model, request, run) {
      const { bytes, ...described } = request
      return askOnce({
        ctx,
        state,
        run,
        kind: 'transcription',
        name: 'transcribe',
        input: { ...described, audio: bytes },
        targets: await targetsOf(ctx, 'transcription', model),
        estimate: estimateTranscription(bytes),
        ask: (target, signal) => transcribe(target, request, signal),
      })
    },
    async moderation(ctx, model, texts, run) {
      return askOnce({
        ctx,
        state,
        run,
        kind: 'moderation',
        name: 'moderate',
        input: { texts },
        targets: await targetsOf(ctx, 'moderation', model),
        estimate: noTokens,
        async ask(target, signal) {
          const value = await offered(target, 'moderation').create(target.model).moderate(texts, signal)
          // Counted in no tokens: free where the price list says so, unknown elsewhere.
          return { value, tokens: null, charged: noTokens, output: value }
        },
      })
    },
  }
}

function offered<Purpose extends MediaPurpose>(
  target: Target,
  purpose: Purpose,
): NonNullable<Target['adapter'][Purpose]> {
  const found = target.adapter[purpose]
  if (!found) throw new Error(`${target.connection.slug} has no model for ${purpose}`)
  return found
}

/** For one provider by its kind, without what was not asked. */
function optionsFor(target: Target, options: Record<string, JSONValue | undefined>) {
  const given: Record<string, JSONValue> = {}
  for (const [name, value] of Object.entries(options)) if (value !== undefined) given[name] = value
  return Object.keys(given).length === 0 ? {} : { [target.connection.kind]: given }
}

async function drawImages(target: Target, request: ImageRequest, abortSignal: AbortSignal) {
  const model = offered(target, 'image').create(target.model)
  const { maxImagesPerCall: limit } = model
  const most = Math.max(1, (typeof limit === 'function' ? await limit({ modelId: target.model }) : limit) ?? 1)
  const counts: number[] = []
  for (let left = request.count; left > 0; left -= most) counts.push(Math.min(left, most))
  const { quality, style, background, outputFormat } = request
  const results = await Promise.all(
    counts.map((n) =>
      model.doGenerate({
        prompt: request.prompt,
        n,
        size: request.size,
        aspectRatio: undefined,
        seed: undefined,
        files: undefined,
        mask: undefined,
        providerOptions: optionsFor(target, { quality, style, background, outputFormat }),
        abortSignal,
      }),
    ),
  )
  const drawn = results.flatMap(({ images }): (string | Uint8Array)[] => images).map(bytesOf)
  if (drawn.length === 0) throw new Error('the provider sent no image')
  const images = await Promise.all(
    drawn.map(async (bytes) => ({
      bytes,
      mediaType: (await fileTypeFromBuffer(bytes))?.mime ?? 'application/octet-stream',
    })),
  )
  const charge = chargeImages(results, images.length)
  const { tokens } = charge
  return {
    value: { images, usage: tokens && { input: tokens.input, output: tokens.output } },
    ...charge,
    output: images.map(({ bytes }) => bytes),
  }
}

async function transcribe(target: Target, request: TranscriptionRequest, abortSignal: AbortSignal) {
  const { language, prompt, temperature, granularities } = request
  const result = await offered(target, 'transcription')
    .create(target.model)
    .doGenerate({
      audio: request.bytes,
      mediaType: request.mediaType,
      timestampGranularities: granularities,
      providerOptions: optionsFor(target, { language, prompt, temperature }),
      abortSignal,
    })
  const seconds = result.durationInSeconds ?? null
  return {
    value: {
      text: result.text,
      language: result.language ?? null,
      seconds,
      segments: result.segments.map(stretch),
      words: (result.words ?? []).map(stretch),
    },
    ...chargeTranscription(result),
    output: { text: result.text, segments: result.segments.length, seconds },
  }
}

function bytesOf(data: string | Uint8Array): Uint8Array {
  return typeof data === 'string' ? new Uint8Array(Buffer.from(data, 'base64')) : data
}

function stretch(part: { startSecond: number; endSecond: number; text: string }): Stretch {
  return { start: part.startSecond, end: part.endSecond, text: part.text }
}
