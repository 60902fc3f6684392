import type { LanguageModelV4Prompt, LanguageModelV4StreamPart, SharedV4ProviderMetadata } from '@ai-sdk/provider'
import { answer, type Citation } from '@guildhall/engines/extractive'
import type { Passage } from './gateway.ts'
import { messageText } from './prompt-text.ts'
import { noUsage } from './usage.ts'

/** How the built-in answerer is named wherever a model is named. It quotes and never writes, so it is no generative model. */
export const extractiveProvider = 'guildhall'
export const extractiveModel = 'guildhall/extractive'

export interface ExtractiveText {
  /** Pieces in order, as they are streamed. */
  pieces: string[]
  answered: boolean
  /** 0 to 1, see the engine. */
  confidence: number
  citations: Citation<Passage['locator']>[]
}

/**
 * Answers the last question of a conversation by quoting. Each quote of a given passage is followed by `[n]`, n being
 * the passage's place in `passages` counted from 1: the same marker that generative models are asked for.
 *
 * @param passages what may be quoted; without it the conversation's own text is searched, and nothing is marked
 */
export function extract(prompt: LanguageModelV4Prompt, passages: readonly Passage[] | undefined): ExtractiveText {
  const { question, context } = splitQuestion(prompt)
  const searched = (passages ?? context).map((passage) => ({
    id: passage.id,
    title: passage.title,
    text: passage.text,
    ...(passage.locator ? { locator: passage.locator } : {}),
  }))
  const found = answer<Passage['locator']>({ question, passages: searched })
  if (!found.answered) return { pieces: [found.text], answered: false, confidence: found.confidence, citations: [] }
  const order = new Map(passages?.map((passage, index) => [passage.id, index + 1]))
  const pieces = found.citations.map(({ quote, passageId }, index) => {
    const before = found.citations[index - 1]?.quote
    const joint = before === undefined ? '' : /[.!?…]["'”’»)\]]*$/.test(before) ? ' ' : '\n'
    const marker = order.get(passageId)
    return `${joint}${quote}${marker === undefined ? '' : ` [${marker}]`}`
  })
  return { pieces, answered: true, confidence: found.confidence, citations: found.citations }
}

/** What the answer rests on, for whoever reads the model's parts. */
export function extractiveMetadata(text: ExtractiveText): SharedV4ProviderMetadata {
  return {
    guildhall: {
      source: 'extractive',
      answered: text.answered,
      confidence: text.confidence,
      citations: text.citations.map(({ passageId, start, end, quote }) => ({ passageId, start, end, quote })),
    },
  }
}

export function extractiveParts(text: ExtractiveText): LanguageModelV4StreamPart[] {
  return [
    { type: 'stream-start', warnings: [] },
    { type: 'response-metadata', modelId: extractiveModel, timestamp: new Date() },
    { type: 'text-start', id: '0' },
    ...text.pieces.map((delta) => ({ type: 'text-delta' as const, id: '0', delta })),
    { type: 'text-end', id: '0' },
    {
      type: 'finish',
      usage: noUsage,
      finishReason: { unified: 'stop', raw: 'stop' },
      providerMetadata: extractiveMetadata(text),
    },
  ]
}

/** Longer than this beside the question, and a message brings its own context. */
const contextCharacters = 200

/**
 * The last user message is the question. Where it brings its own context ("... text ... What is the price?") its last
 * sentence with a question mark is the question, and the rest may be quoted.
 */
function splitQuestion(prompt: LanguageModelV4Prompt): { question: string; context: Passage[] } {
  const at = prompt.findLastIndex((message) => message.role === 'user')
  const last = prompt[at]
  const text = last ? messageText(last) : ''
  const asked = lastQuestion(text)
  const rest = asked ? text.slice(0, asked.start) + text.slice(asked.end) : ''
  const bringsContext = rest.trim().length > contextCharacters
  const context = prompt.flatMap((message, index): Passage[] => {
    const content = index === at ? (bringsContext ? rest : '') : messageText(message)
    return content.trim() === '' ? [] : [{ id: String(index), title: 'this conversation', text: content }]
  })
  return { question: asked && bringsContext ? text.slice(asked.start, asked.end).trim() : text, context }
}

function lastQuestion(text: string): { start: number; end: number } | null {
  const mark = text.lastIndexOf('?')
  if (mark < 0) return null
  let start = mark
  while (start > 0 && !endsSentence(text, start - 1)) start--
  return { start, end: mark + 1 }
}

function endsSentence(text: string, at: number): boolean {
  const sign = text[at] ?? ''
  return sign === '\n' || ('.!?'.includes(sign) && /\s/.test(text[at + 1] ?? ''))
}
