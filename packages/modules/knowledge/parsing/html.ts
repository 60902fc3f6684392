import { decodeText, encodingWarnings } from './decode-text.ts'
import type { ReadResult } from './document.ts'
import { htmlBlocks } from './html-blocks.ts'

/** Reads a web page. Navigation, scripts, forms' controls and hidden elements are not part of the text. */
export function readHtml(bytes: Uint8Array): ReadResult {
  const decoded = decodeText(bytes, declaredCharset(bytes))
  const { title, blocks } = htmlBlocks(decoded.text)
  return { ...(title ? { title } : {}), blocks, warnings: encodingWarnings(decoded) }
}

/** The encoding named in the first kilobyte, as browsers look for it (HTML standard, "prescan a byte stream"). */
function declaredCharset(bytes: Uint8Array): string | undefined {
  const start = new TextDecoder('latin1').decode(bytes.subarray(0, 1024))
  return (
    /<meta[^>]+charset\s*=\s*["']?([\w-]+)/i.exec(start)?.[1] ??
    /<\?xml[^>]+encoding\s*=\s*["']([\w-]+)/i.exec(start)?.[1]
  )
}
