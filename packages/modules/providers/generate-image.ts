import { notConfigured, type Context } from '@guildhall/kernel'
import type { RunHandle } from '@guildhall/modules/runs'
import { fileTypeFromBuffer } from 'file-type'
import type { Connection } from './connection.ts'
import type { GatewayState } from './gateway-state.ts'
import type { ImageResult } from './gateway.ts'
import { chargeImages, estimateImages } from './media/charges.ts'
import { askOnce } from './one-shot.ts'
import { createTarget } from './routes/resolve-chain.ts'

export async function generateImage(
  { ctx, state, run }: { ctx: Context; state: GatewayState; run: RunHandle },
  connections: readonly Connection[],
  request: { prompt: string; size?: string },
): Promise<ImageResult> {
  const targets = connections.flatMap((connection) => {
    const target = createTarget(connection, '', state.fetch)
    const { image } = target.adapter
    return image ? [{ ...target, model: image.model }] : []
  })
  if (targets.length === 0)
    throw notConfigured(
      'No configured provider makes images. Add an OpenAI or Google key in Settings, Providers.',
      'providers',
    )
  const { value, provider, model } = await askOnce({
    kind: 'image',
    ctx,
    state,
    run,
    name: 'image',
    input: request,
    targets,
    estimate: estimateImages(request.prompt, 1),
    async ask(target, abortSignal) {
      const result = await target.adapter.image?.create(target.model).doGenerate({
        prompt: request.prompt,
        n: 1,
        size: sizeOf(request.size),
        aspectRatio: undefined,
        seed: undefined,
        files: undefined,
        mask: undefined,
        providerOptions: {},
        abortSignal,
      })
      const first = result?.images[0]
      if (!result || first === undefined) throw new Error('the provider sent no image')
      const bytes = typeof first === 'string' ? new Uint8Array(Buffer.from(first, 'base64')) : first
      return {
        value: { bytes, mediaType: (await fileTypeFromBuffer(bytes))?.mime ?? 'application/octet-stream' },
        ...chargeImages([result], 1),
        output: bytes,
      }
    },
  })
  return { ...value, provider, model }
}

function sizeOf(size: string | undefined): `${number}x${number}` | undefined {
  const [, width, height] = size?.match(/^(\d{2,4})x(\d{2,4})$/) ?? []
  return width && height ? `${Number(width)}x${Number(height)}` : undefined
}
