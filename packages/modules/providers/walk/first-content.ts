import type { LanguageModelV4FinishReason, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { ContentWithheld, StreamCut } from './classify-failure.ts'

export interface OpenedStream {
  /** Parts read so far, the first content last; to be given away first. */
  buffered: LanguageModelV4StreamPart[]
  reader: ReadableStreamDefaultReader<LanguageModelV4StreamPart>
  firstTokenMs: number
}

/**
 * Reads a stream up to its first content, so that whoever fails before that can still be replaced without a trace.
 * @throws what the provider sent as an error; StreamCut when it ended without content and without saying why
 */
export async function readToFirstContent(
  stream: ReadableStream<LanguageModelV4StreamPart>,
  startedMs: number,
): Promise<OpenedStream> {
  const reader = stream.getReader()
  const buffered: LanguageModelV4StreamPart[] = []
  for (;;) {
    const { done, value } = await reader.read()
    if (done) throw new StreamCut('the stream ended before any content')
    if (value.type === 'error') throw value.error
    buffered.push(value)
    if (value.type === 'finish') {
      if (isCut(value.finishReason)) throw new StreamCut('the stream ended without a finish reason', value.usage)
      if (value.finishReason.unified === 'content-filter') throw new ContentWithheld(value.usage)
      return { buffered, reader, firstTokenMs: performance.now() - startedMs }
    }
    if (isContent(value)) return { buffered, reader, firstTokenMs: performance.now() - startedMs }
  }
}

/** A finish that the provider package made up because none had come. */
export function isCut({ unified, raw }: LanguageModelV4FinishReason): boolean {
  return unified === 'interrupted' || unified === 'error' || (unified === 'other' && raw === undefined)
}

function isContent(part: LanguageModelV4StreamPart): boolean {
  switch (part.type) {
    case 'text-delta':
    case 'reasoning-delta':
    case 'tool-input-delta':
      return part.delta !== ''
    case 'tool-input-start':
    // A provider's own remarks, such as `anthropic.message_start`.
    case 'custom':
    case 'tool-input-end':
    case 'stream-start':
    case 'response-metadata':
    case 'text-start':
    case 'text-end':
    case 'reasoning-start':
    case 'reasoning-end':
    case 'ping':
    case 'raw':
    case 'error':
    case 'finish':
      return false
    default:
      return true
  }
}
