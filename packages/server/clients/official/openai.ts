import OpenAI from 'openai'
import type {
  ChatCompletion,
  ChatCompletionContentPart,
  ChatCompletionMessageParam,
} from 'openai/resources/chat/completions'
import type { Response, ResponseInput, ResponseInputContent } from 'openai/resources/responses/responses'
import { personSchema, priceTool, type Door, type OfficialClient, type Question, type Told } from './conversation.ts'

function openaiClient({ url, apiKey, client }: Door): OpenAI {
  return new OpenAI({
    baseURL: `${url}/v1`,
    apiKey,
    maxRetries: 0,
    defaultHeaders: { 'x-guildhall-client': client },
  })
}

export function chatCompletionsClient(door: Door): OfficialClient {
  const openai = openaiClient(door)
  return {
    name: 'openai, chat completions',
    async ask(question) {
      const body = {
        model: question.model,
        messages: chatMessages(question),
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
      if (!question.stream) return toldOfCompletion(await openai.chat.completions.create(body), 1)
      const stream = openai.chat.completions.stream({ ...body, stream_options: { include_usage: true } })
      let pieces = 0
      for await (const chunk of stream) if (chunk.choices[0]?.delta.content) pieces++
      return toldOfCompletion(await stream.finalChatCompletion(), pieces)
    },
  }
}

function chatMessages({ text, image, answered }: Question): ChatCompletionMessageParam[] {
  const content: string | ChatCompletionContentPart[] = image
    ? [
        { type: 'text', text },
        { type: 'image_url', image_url: { url: `data:image/png;base64,${image}` } },
      ]
    : text
  const asked: ChatCompletionMessageParam[] = [{ role: 'user', content }]
  if (!answered) return asked
  return [
    ...asked,
    {
      role: 'assistant',
      content: null,
      tool_calls: answered.calls.map(({ id, name, arguments: input }) => ({
        id,
        type: 'function',
        function: { name, arguments: JSON.stringify(input) },
      })),
    },
    ...answered.calls.map(({ id }) => ({ role: 'tool' as const, tool_call_id: id, content: answered.result })),
  ]
}

function toldOfCompletion(completion: ChatCompletion, pieces: number): Told {
  const [choice] = completion.choices
  const finishes: Record<string, Told['finish']> = { stop: 'stop', tool_calls: 'tools', length: 'length' }
  return {
    text: choice?.message.content ?? '',
    calls: (choice?.message.tool_calls ?? []).flatMap((call) =>
      call.type === 'function'
        ? [{ id: call.id, name: call.function.name, arguments: JSON.parse(call.function.arguments) }]
        : [],
    ),
    pieces,
    tokens: { input: completion.usage?.prompt_tokens ?? 0, output: completion.usage?.completion_tokens ?? 0 },
    finish: finishes[choice?.finish_reason ?? ''] ?? 'other',
  }
}

export function responsesClient(door: Door): OfficialClient {
  const openai = openaiClient(door)
  return {
    name: 'openai, responses',
    async ask(question) {
      const body = {
        model: question.model,
        input: responseInput(question),
        ...(question.tools
          ? {
              tools: [
                {
                  type: 'function' as const,
                  name: priceTool.name,
                  description: priceTool.description,
                  parameters: priceTool.schema,
                  strict: false,
                },
              ],
            }
          : {}),
        ...(question.json
          ? { text: { format: { type: 'json_schema' as const, name: 'person', schema: personSchema } } }
          : {}),
      }
      if (!question.stream) return toldOfResponse(await openai.responses.create(body), 1)
      const stream = openai.responses.stream(body)
      let pieces = 0
      for await (const event of stream) if (event.type === 'response.output_text.delta') pieces++
      return toldOfResponse(await stream.finalResponse(), pieces)
    },
  }
}

function responseInput({ text, image, answered }: Question): ResponseInput {
  const content: ResponseInputContent[] = [
    { type: 'input_text', text },
    ...(image
      ? [{ type: 'input_image' as const, image_url: `data:image/png;base64,${image}`, detail: 'auto' as const }]
      : []),
  ]
  const asked: ResponseInput = [{ role: 'user', content }]
  if (!answered) return asked
  return [
    ...asked,
    ...answered.calls.map(({ id, name, arguments: input }) => ({
      type: 'function_call' as const,
      call_id: id,
      name,
      arguments: JSON.stringify(input),
    })),
    ...answered.calls.map(({ id }) => ({
      type: 'function_call_output' as const,
      call_id: id,
      output: answered.result,
    })),
  ]
}

function toldOfResponse(response: Response, pieces: number): Told {
  const calls = response.output.flatMap((item) =>
    item.type === 'function_call' ? [{ id: item.call_id, name: item.name, arguments: JSON.parse(item.arguments) }] : [],
  )
  const finish = response.status === 'completed' ? (calls.length > 0 ? 'tools' : 'stop') : 'length'
  return {
    text: response.output_text,
    calls,
    pieces,
    tokens: { input: response.usage?.input_tokens ?? 0, output: response.usage?.output_tokens ?? 0 },
    finish,
  }
}
