import Anthropic from '@anthropic-ai/sdk'
import type { ContentBlockParam, Message, MessageParam } from '@anthropic-ai/sdk/resources/messages'
import { personSchema, priceTool, type Door, type OfficialClient, type Question, type Told } from './conversation.ts'

export function anthropicSdk({ url, apiKey, client }: Door): Anthropic {
  return new Anthropic({ baseURL: url, apiKey, maxRetries: 0, defaultHeaders: { 'x-guildhall-client': client } })
}

export function anthropicClient(door: Door): OfficialClient {
  const anthropic = anthropicSdk(door)
  return {
    name: '@anthropic-ai/sdk',
    async ask(question) {
      const body = {
        model: question.model,
        max_tokens: 500,
        messages: messagesOf(question),
        ...(question.tools
          ? {
              tools: [{ name: priceTool.name, description: priceTool.description, input_schema: priceTool.schema }],
            }
          : {}),
        ...(question.json ? { output_config: { format: { type: 'json_schema' as const, schema: personSchema } } } : {}),
      }
      if (!question.stream) return toldOf(await anthropic.messages.create(body), 1)
      const stream = anthropic.messages.stream(body)
      let pieces = 0
      for await (const event of stream)
        if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') pieces++
      return toldOf(await stream.finalMessage(), pieces)
    },
  }
}

function messagesOf({ text, image, answered }: Question): MessageParam[] {
  const content: ContentBlockParam[] = [
    { type: 'text', text },
    ...(image
      ? [
          {
            type: 'image' as const,
            source: { type: 'base64' as const, media_type: 'image/png' as const, data: image },
          },
        ]
      : []),
  ]
  const asked: MessageParam[] = [{ role: 'user', content }]
  if (!answered) return asked
  return [
    ...asked,
    {
      role: 'assistant',
      content: answered.calls.map(({ id, name, arguments: input }) => ({ type: 'tool_use', id, name, input })),
    },
    {
      role: 'user',
      content: answered.calls.map(({ id }) => ({ type: 'tool_result', tool_use_id: id, content: answered.result })),
    },
  ]
}

function toldOf(message: Message, pieces: number): Told {
  const finishes: Record<string, Told['finish']> = { end_turn: 'stop', tool_use: 'tools', max_tokens: 'length' }
  return {
    text: message.content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
    calls: message.content.flatMap((block) =>
      block.type === 'tool_use' ? [{ id: block.id, name: block.name, arguments: block.input }] : [],
    ),
    pieces,
    tokens: { input: message.usage.input_tokens, output: message.usage.output_tokens },
    finish: finishes[message.stop_reason ?? ''] ?? 'other',
  }
}
