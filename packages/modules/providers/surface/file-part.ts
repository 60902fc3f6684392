import type { LanguageModelV4FilePart } from '@ai-sdk/provider'
import { invalidInput } from '@guildhall/kernel'

/** A `data:` URL (RFC 2397), or an address that the gateway fetches within its rules. */
export function filePart(url: string, mediaType: string, field: string): LanguageModelV4FilePart {
  const inline = /^data:([\w.+-]+\/[\w.+-]+)?(?:;[\w=.+-]+)*;base64,/.exec(url)
  if (inline)
    return {
      type: 'file',
      mediaType: inline[1] ?? mediaType,
      data: { type: 'data', data: url.slice(inline[0].length) },
    }
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url))
    throw invalidInput([{ field, message: 'holds a file that is neither a base64 data: URL nor an http(s) address' }])
  return { type: 'file', mediaType, data: { type: 'url', url: new URL(url) } }
}
