import { asProblem } from '@guildhall/kernel'
import type { Dialect, Head, Telling } from '../surface/dialect.ts'
import { blocksOf, collectBlocks, type Block } from '../surface/blocks.ts'
import { frame } from '../surface/event-stream.ts'
import type { AnswerEnd, AnswerEvent } from '../surface/events.ts'
import { responseFault } from './response-fault.ts'
import { itemOf, responseEnd, responseId, responseShell, textPart } from './response-object.ts'
import type { ResponsesRequest } from './responses-request.ts'

export function openaiResponses(request: ResponsesRequest): Dialect {
  return {
    formatField: 'text.format',
    whole: (events, head) => wholeResponse(request, events, head),
    frames: (events, head, telling) => responseEvents(request, events, { head, telling }),
  }
}

const asksForSealed = ({ include }: ResponsesRequest) => include?.includes('reasoning.encrypted_content') ?? false

/** Ids of items: the response's, and their place in it. */
const itemId = (head: Head, block: Block) => `${responseId(head).slice('resp_'.length)}${String(block.index)}`

async function wholeResponse(
  request: ResponsesRequest,
  events: Iterable<AnswerEvent> | AsyncIterable<AnswerEvent>,
  headOf: () => Head,
): Promise<{ body: Record<string, unknown>; end: AnswerEnd | null }> {
  const { blocks, end } = await collectBlocks(events)
  const head = headOf()
  const sealed = asksForSealed(request)
  const lastText = blocks.findLast((block) => block.kind === 'text')
  const output = blocks.map((block) =>
    itemOf(block, itemId(head, block), {
      status: 'completed',
      sealed,
      logprobs: block === lastText ? (end?.logprobs ?? []) : [],
    }),
  )
  const text = blocks.map((block) => (block.kind === 'text' ? block.text : '')).join('')
  return { body: { ...responseShell(request, head), ...responseEnd(end), output, output_text: text }, end }
}

/**
 * From `response.created` to `response.completed` (or `.incomplete`), or to a fault.
 */
async function* responseEvents(
  request: ResponsesRequest,
  events: AsyncIterable<AnswerEvent>,
  { head, telling }: { head: Head; telling: Telling },
): AsyncGenerator<string, void> {
  const shell = responseShell(request, head)
  const sealed = asksForSealed(request)
  const output: Record<string, unknown>[] = []
  let sequence = 0
  const event = (type: string, members: Record<string, unknown>) =>
    frame(JSON.stringify({ type, sequence_number: sequence++, ...members }), type)
  const item = (block: Block, status: 'in_progress' | 'completed') =>
    itemOf(block, itemId(head, block), { status, sealed, logprobs: [] })
  yield event('response.created', { response: shell })
  yield event('response.in_progress', { response: shell })
  try {
    for await (const happened of blocksOf(events)) {
      if (happened.type === 'end') {
        const guildhall = await telling.further(happened)
        const told = responseEnd(happened)
        addLogprobs(output, happened)
        yield event(`response.${told.status}`, { response: { ...shell, ...told, output, guildhall } })
        continue
      }
      const { block } = happened
      const place = { item_id: String(item(block, 'in_progress')['id']), output_index: block.index }
      if (happened.type === 'open') {
        output[block.index] = item(block, 'in_progress')
        yield event('response.output_item.added', {
          output_index: block.index,
          item: item(block, 'in_progress'),
        })
        if (block.kind === 'text')
          yield event('response.content_part.added', { ...place, content_index: 0, part: textPart('', []) })
      } else if (happened.type === 'delta') {
        if (block.kind === 'reasoning' && block.text === happened.delta)
          yield event('response.reasoning_summary_part.added', { ...place, summary_index: 0, part: summaryPart('') })
        yield event(deltaTypes[block.kind], { ...place, ...deltaPlace(block), delta: happened.delta })
      } else {
        output[block.index] = item(block, 'completed')
        for (const [type, members] of closing(block)) yield event(type, { ...place, ...members })
        yield event('response.output_item.done', { output_index: block.index, item: item(block, 'completed') })
      }
    }
  } catch (error) {
    await telling.failed(error)
    yield responseFault(asProblem(error), { shell, output: output.filter(Boolean), sequence: sequence - 1 })
  }
}

const deltaTypes = {
  text: 'response.output_text.delta',
  tool: 'response.function_call_arguments.delta',
  reasoning: 'response.reasoning_summary_text.delta',
}

function deltaPlace({ kind }: Block): Record<string, unknown> {
  if (kind === 'text') return { content_index: 0, logprobs: [] }
  return kind === 'reasoning' ? { summary_index: 0 } : {}
}

const summaryPart = (text: string) => ({ type: 'summary_text', text })

function closing(block: Block): [string, Record<string, unknown>][] {
  const { text, call } = block
  switch (block.kind) {
    case 'text':
      return [
        ['response.output_text.done', { content_index: 0, text, logprobs: [] }],
        ['response.content_part.done', { content_index: 0, part: textPart(text, []) }],
      ]
    case 'tool':
      return [['response.function_call_arguments.done', { name: call?.name ?? '', arguments: text }]]
    case 'reasoning':
      return text === ''
        ? []
        : [
            ['response.reasoning_summary_text.done', { summary_index: 0, text }],
            ['response.reasoning_summary_part.done', { summary_index: 0, part: summaryPart(text) }],
          ]
  }
}

/** Probabilities are known at the end: they stand in the last words of the whole response. */
function addLogprobs(output: Record<string, unknown>[], { logprobs }: AnswerEnd): void {
  const last = output.findLast((item) => item['type'] === 'message')
  const [part] = Array.isArray(last?.['content']) ? last['content'] : []
  if (logprobs && last && part) last['content'] = [{ ...part, logprobs }]
}
