import { notConfigured, type Context } from '@guildhall/kernel'
import type { RunHandle } from '@guildhall/modules/runs'
import type { Connection } from './connection.ts'
import type { GatewayState } from './gateway-state.ts'
import type { ProviderGateway } from './gateway.ts'
import { chargeTranscription, estimateTranscription } from './media/charges.ts'
import { askOnce } from './one-shot.ts'
import { createTarget } from './routes/resolve-chain.ts'

type Transcript = Awaited<ReturnType<ProviderGateway['transcribe']>>

export async function transcribeAudio(
  { ctx, state, run }: { ctx: Context; state: GatewayState; run: RunHandle },
  connections: readonly Connection[],
  audio: Parameters<ProviderGateway['transcribe']>[1],
): Promise<Transcript> {
  const targets = connections.flatMap((connection) => {
    const target = createTarget(connection, '', state.fetch)
    const { transcription } = target.adapter
    return transcription ? [{ ...target, model: transcription.model }] : []
  })
  if (targets.length === 0)
    throw notConfigured(
      'No configured provider transcribes recordings. Add an OpenAI key in Settings, Providers, or upload the transcript (.vtt, .srt, .txt, .json).',
      'providers',
    )
  const { value, provider, model } = await askOnce({
    kind: 'transcription',
    ctx,
    state,
    run,
    name: 'transcribe',
    input: { filename: audio.filename, mediaType: audio.mediaType, audio: audio.bytes },
    targets,
    estimate: estimateTranscription(audio.bytes),
    async ask(target, abortSignal) {
      const result = await target.adapter.transcription?.create(target.model).doGenerate({
        audio: audio.bytes,
        mediaType: audio.mediaType,
        timestampGranularities: ['segment'],
        abortSignal,
      })
      if (!result) throw new Error(`${target.connection.slug} does not transcribe`)
      const segments = result.segments.map(({ startSecond, endSecond, text }) => ({
        start: startSecond,
        end: endSecond,
        text,
      }))
      return {
        value: { text: result.text, segments },
        ...chargeTranscription(result),
        output: { text: result.text, segments: segments.length, seconds: result.durationInSeconds ?? null },
      }
    },
  })
  return { ...value, provider, model }
}
