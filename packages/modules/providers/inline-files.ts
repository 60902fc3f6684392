import type { LanguageModelV4Message, LanguageModelV4Prompt } from '@ai-sdk/provider'
import { invalidInput, safeFetch } from '@guildhall/kernel'

const maxBytes = 20 * 1024 * 1024

/**
 * Replaces the URLs of files in a prompt by their bytes, so that every provider understands them. Fetched from public
 * addresses only.
 * @throws Problem 400 when a file cannot be had or is larger than 20 MiB
 */
export async function inlineFiles(
  prompt: LanguageModelV4Prompt,
  allowed: ReadonlySet<string>,
  signal?: AbortSignal,
): Promise<LanguageModelV4Prompt> {
  return Promise.all(
    prompt.map(async (message): Promise<LanguageModelV4Message> => {
      if (message.role !== 'user') return message
      const content = await Promise.all(
        message.content.map(async (part) => {
          if (part.type !== 'file' || part.data.type !== 'url') return part
          const file = await download(part.data.url, allowed, signal)
          return {
            ...part,
            mediaType:
              part.mediaType.includes('/') && !part.mediaType.endsWith('/*')
                ? part.mediaType
                : (file.mediaType ?? part.mediaType),
            data: { type: 'data' as const, data: file.bytes },
          }
        }),
      )
      return { ...message, content }
    }),
  )
}

async function download(
  url: URL,
  allowed: ReadonlySet<string>,
  signal: AbortSignal | undefined,
): Promise<{ bytes: Uint8Array; mediaType: string | null }> {
  const refuse = (message: string) =>
    invalidInput([{ field: 'messages', message: `${url.origin}${url.pathname} ${message}` }])
  const response = await safeFetch(url.href, { allowed, signal: signal ?? AbortSignal.timeout(30_000) })
  if (!response.ok || !response.body)
    throw refuse(`answers with status ${response.status}; send the file as a data: URL`)
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body) {
    size += chunk.byteLength
    if (size > maxBytes) throw refuse('is larger than 20 MiB')
    chunks.push(chunk)
  }
  return {
    bytes: new Uint8Array(Buffer.concat(chunks)),
    mediaType: response.headers.get('content-type')?.split(';')[0] ?? null,
  }
}
