import type { SharedV4ProviderMetadata } from '@ai-sdk/provider'
import type { AnswerEnd, AnswerEvent } from './events.ts'

/** A stretch of an answer: words, reasoning, or the call of a tool. */
export interface Block {
  /** Place in the answer, from 0. */
  index: number
  kind: 'text' | 'reasoning' | 'tool'
  /** Words, or the tool's arguments as JSON; grows until the block is closed. */
  text: string
  /** Of a tool: the call's id and the tool's name. */
  call: { id: string; name: string } | null
  /** Of reasoning: what its provider wants to see again. */
  mark: SharedV4ProviderMetadata | null
}

/** What happens in an answer, for dialects that open and close each stretch of it. */
export type BlockEvent =
  | { type: 'open'; block: Block }
  | { type: 'delta'; block: Block; delta: string }
  | { type: 'close'; block: Block }
  | AnswerEnd

/** Opens and closes blocks around events. Calls of tools may overlap; words and reasoning end when something else begins. */
export async function* blocksOf(
  events: Iterable<AnswerEvent> | AsyncIterable<AnswerEvent>,
): AsyncGenerator<BlockEvent, void> {
  let count = 0
  let prose: Block | null = null
  const tools = new Map<number, Block>()
  const create = (kind: Block['kind'], call: Block['call'] = null): Block => ({
    index: count++,
    kind,
    text: '',
    call,
    mark: null,
  })
  for await (const event of events) {
    switch (event.type) {
      case 'text':
      case 'reasoning': {
        if (prose && prose.kind !== event.type) {
          yield { type: 'close', block: prose }
          prose = null
        }
        if (!prose) {
          prose = create(event.type)
          yield { type: 'open', block: prose }
        }
        prose.text += event.delta
        yield { type: 'delta', block: prose, delta: event.delta }
        break
      }
      case 'reasoning-end': {
        if (prose?.kind !== 'reasoning') {
          if (event.mark === null) break
          if (prose) yield { type: 'close', block: prose }
          prose = create('reasoning')
          yield { type: 'open', block: prose }
        }
        prose.mark = event.mark
        yield { type: 'close', block: prose }
        prose = null
        break
      }
      case 'tool-start': {
        if (prose) yield { type: 'close', block: prose }
        prose = null
        const block = create('tool', { id: event.id, name: event.name })
        tools.set(event.index, block)
        yield { type: 'open', block }
        break
      }
      case 'tool-arguments': {
        const block = tools.get(event.index)
        if (!block) break
        block.text += event.delta
        yield { type: 'delta', block, delta: event.delta }
        break
      }
      case 'tool-end': {
        const block = tools.get(event.index)
        tools.delete(event.index)
        if (block) yield { type: 'close', block }
        break
      }
      case 'restart':
        break
      case 'end':
        if (prose) yield { type: 'close', block: prose }
        for (const block of tools.values()) yield { type: 'close', block }
        prose = null
        tools.clear()
        yield event
    }
  }
}

/** A whole answer as its blocks. */
export async function collectBlocks(
  events: Iterable<AnswerEvent> | AsyncIterable<AnswerEvent>,
): Promise<{ blocks: Block[]; end: AnswerEnd | null }> {
  const blocks: Block[] = []
  let end: AnswerEnd | null = null
  for await (const event of blocksOf(events)) {
    if (event.type === 'open') blocks.push(event.block)
    else if (event.type === 'end') end = event
  }
  return { blocks, end }
}
