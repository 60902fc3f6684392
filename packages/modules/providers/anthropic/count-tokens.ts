import type { LanguageModelV4CallOptions } from '@ai-sdk/provider'
import { estimateTokenCount } from 'tokenx'
import { promptText } from '../prompt-text.ts'

/** Most that Claude counts for one picture (Anthropic, vision: pictures are scaled to about 1.15 megapixels). */
const tokensOfImage = 1600
/** A page of text with its picture, for files whose length nobody has read yet. */
const bytesPerDocumentToken = 4

/** Tokens of a prompt with its tools, estimated without asking anybody: a few percent off for prose. */
export function estimatePrompt({ prompt, tools }: Pick<LanguageModelV4CallOptions, 'prompt' | 'tools'>): number {
  const words = estimateTokenCount(promptText(prompt))
  const described = tools && tools.length > 0 ? estimateTokenCount(JSON.stringify(tools)) : 0
  let files = 0
  let calls = ''
  for (const message of prompt) {
    if (message.role === 'system') continue
    for (const part of message.content) {
      if (part.type === 'tool-call') calls += JSON.stringify(part.input)
      if (part.type === 'file') files += fileTokens(part)
    }
  }
  return words + described + files + (calls === '' ? 0 : estimateTokenCount(calls))
}

function fileTokens(part: { mediaType: string; data: { type: string; data?: unknown } }): number {
  if (part.mediaType.startsWith('image')) return tokensOfImage
  const { data } = part.data
  const bytes = typeof data === 'string' ? (data.length * 3) / 4 : data instanceof Uint8Array ? data.byteLength : 0
  return Math.ceil(bytes / bytesPerDocumentToken)
}
