import { AIMessage, HumanMessage, ToolMessage, type AIMessageChunk, type BaseMessage } from '@langchain/core/messages'
import { ChatOpenAI } from '@langchain/openai'
import { personSchema, priceTool, type Door, type OfficialClient, type Question, type Told } from './conversation.ts'

export function langchainClient({ url, apiKey, client }: Door): OfficialClient {
  return {
    name: 'LangChain, ChatOpenAI',
    async ask(question) {
      const chat = new ChatOpenAI({
        model: question.model,
        apiKey,
        maxRetries: 0,
        streamUsage: true,
        configuration: { baseURL: `${url}/v1`, defaultHeaders: { 'x-guildhall-client': client } },
      })
      const options = {
        ...(question.tools
          ? {
              tools: [
                {
                  type: 'function' as const,
                  function: {
                    name: priceTool.name,
                    description: priceTool.description,
                    parameters: priceTool.schema,
                  },
                },
              ],
            }
          : {}),
        ...(question.json
          ? {
              response_format: {
                type: 'json_schema' as const,
                json_schema: { name: 'person', schema: personSchema },
              },
            }
          : {}),
      }
      if (!question.stream) return toldOf(await chat.invoke(messagesOf(question), options), 1)
      let whole: AIMessageChunk | undefined
      let pieces = 0
      for await (const chunk of await chat.stream(messagesOf(question), options)) {
        if (chunk.text) pieces++
        whole = whole ? whole.concat(chunk) : chunk
      }
      if (!whole) throw new Error('nothing was streamed')
      return toldOf(whole, pieces)
    },
  }
}

function messagesOf({ text, image, answered }: Question): BaseMessage[] {
  const asked = new HumanMessage({
    content: [
      { type: 'text', text },
      ...(image ? [{ type: 'image_url', image_url: { url: `data:image/png;base64,${image}` } }] : []),
    ],
  })
  if (!answered) return [asked]
  return [
    asked,
    new AIMessage({
      content: '',
      tool_calls: answered.calls.map(({ id, name, arguments: args }) => ({ id, name, args: recordOf(args) })),
    }),
    ...answered.calls.map(({ id }) => new ToolMessage({ tool_call_id: id, content: answered.result })),
  ]
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

function toldOf(message: AIMessage | AIMessageChunk, pieces: number): Told {
  const calls = (message.tool_calls ?? []).map(({ id, name, args }) => ({ id: id ?? '', name, arguments: args }))
  const reason: unknown = message.response_metadata['finish_reason']
  const finish = reason === 'tool_calls' ? 'tools' : reason === 'stop' || reason === 'length' ? reason : 'other'
  const { input_tokens: input = 0, output_tokens: output = 0 } = message.usage_metadata ?? {}
  return { text: message.text, calls, pieces, tokens: { input, output }, finish }
}
