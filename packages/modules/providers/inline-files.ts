import type { LanguageModelV4Message, LanguageModelV4Prompt } from '@ai-sdk/provider'
import { invalidInput, safeFetch } from '@guildhall/kernel'

const maxBytes = 20 * 1024 * 1024
/** Of one request: fetched files wait in memory together. */
const maxFiles = 20
const maxTotalBytes = 64 * 1024 * 1024

interface Fetching {
  allowed: ReadonlySet<string>
  signal: AbortSignal | undefined
  files: number
  bytes: number
}

/**
 * Replaces the URLs of files in a prompt by their bytes, so that every provider understands them. Fetched from public
 * addresses only.
 * @throws Problem 400 when a file cannot be had or is larger than 20 MiB, or there are more than 20 files or 64 MiB
 */
export async function inlineFiles(
  prompt: LanguageModelV4Prompt,
  allowed: ReadonlySet<string>,
  signal?: AbortSignal,
): Promise<LanguageModelV4Prompt> {
  const fetching: Fetching = { allowed, signal, files: 0, bytes: 0 }
  return Promise.all(prompt.map((message) => inlineMessage(message, fetching)))
}

/** Whether a prompt has files that somebody would have to fetch. */
export function holdsAddresses(prompt: LanguageModelV4Prompt): boolean {
  return prompt.some(({ role, content }) => {
    if (role === 'user') return content.some((part) => part.type === 'file' && isAddress(part.data))
    if (role !== 'tool') return false
    return content.some(
      (part) =>
        part.type === 'tool-result' &&
        part.output.type === 'content' &&
        part.output.value.some((item) => item.type === 'file' && isAddress(item.data)),
    )
  })
}

async function inlineMessage(message: LanguageModelV4Message, fetching: Fetching): Promise<LanguageModelV4Message> {
  if (message.role === 'user')
    return {
      ...message,
      content: await Promise.all(
        message.content.map(async (part) => (part.type === 'file' ? inline(part, fetching) : part)),
      ),
    }
  if (message.role !== 'tool') return message
  const content = await Promise.all(
    message.content.map(async (part) => {
      if (part.type !== 'tool-result' || part.output.type !== 'content') return part
      const value = await Promise.all(
        part.output.value.map(async (item) => (item.type === 'file' ? inline(item, fetching) : item)),
      )
      return { ...part, output: { ...part.output, value } }
    }),
  )
  return { ...message, content }
}

interface FilePart {
  mediaType: string
  data: { type: string }
}

async function inline<Part extends FilePart>(part: Part, fetching: Fetching) {
  const { data } = part
  if (!isAddress(data)) return part
  const file = await download(data.url, fetching)
  const told = part.mediaType.includes('/') && !part.mediaType.endsWith('/*')
  return {
    ...part,
    mediaType: told ? part.mediaType : (file.mediaType ?? part.mediaType),
    data: { type: 'data' as const, data: file.bytes },
  }
}

function isAddress(data: { type: string }): data is { type: 'url'; url: URL } {
  return data.type === 'url' && 'url' in data && data.url instanceof URL
}

async function download(url: URL, fetching: Fetching): Promise<{ bytes: Uint8Array; mediaType: string | null }> {
  const refuse = (message: string) =>
    invalidInput([{ field: 'messages', message: `${url.origin}${url.pathname} ${message}` }])
  if (++fetching.files > maxFiles)
    throw refuse(`is one of more than ${String(maxFiles)} files by address; send the others as data: URLs`)
  const { allowed, signal } = fetching
  const response = await safeFetch(url.href, { allowed, signal: signal ?? AbortSignal.timeout(30_000) })
  if (!response.ok || !response.body)
    throw refuse(`answers with status ${response.status}; send the file as a data: URL`)
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body) {
    size += chunk.byteLength
    fetching.bytes += chunk.byteLength
    if (size > maxBytes) throw refuse('is larger than 20 MiB')
    if (fetching.bytes > maxTotalBytes) throw refuse('brings the files of this request to more than 64 MiB')
    chunks.push(chunk)
  }
  return {
    bytes: new Uint8Array(Buffer.concat(chunks)),
    mediaType: response.headers.get('content-type')?.split(';')[0] ?? null,
  }
}
