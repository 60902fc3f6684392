import { createAnthropic } from '@ai-sdk/anthropic'
import { createOpenAI } from '@ai-sdk/openai'
import {
  generateText,
  jsonSchema,
  Output,
  streamText,
  tool,
  type LanguageModel,
  type ModelMessage,
  type ToolSet,
} from 'ai'
import { personSchema, priceTool, type Door, type OfficialClient, type Question, type Told } from './conversation.ts'

// It warns on each call that it does not know models by the gateway's names.
globalThis.AI_SDK_LOG_WARNINGS = false

const headersOf = ({ client }: Door) => ({ 'x-guildhall-client': client })

/** The AI SDK by three protocols. */
export function aiSdkClients(door: Door): OfficialClient[] {
  const { url, apiKey } = door
  const settings = { baseURL: `${url}/v1`, apiKey, headers: headersOf(door) }
  const openai = createOpenAI(settings)
  const anthropic = createAnthropic(settings)
  return [
    asking('AI SDK, openai.responses', (model) => openai.responses(model)),
    asking('AI SDK, openai.chat', (model) => openai.chat(model)),
    asking('AI SDK, anthropic', (model) => anthropic(model)),
  ]
}

function asking(name: string, modelOf: (model: string) => LanguageModel): OfficialClient {
  return {
    name,
    async ask(question) {
      const tools: ToolSet | undefined = question.tools
        ? {
            [priceTool.name]: tool({
              description: priceTool.description,
              inputSchema: jsonSchema<{ service: string }>(priceTool.schema),
            }),
          }
        : undefined
      const settings = {
        model: modelOf(question.model),
        messages: messagesOf(question),
        maxRetries: 0,
        ...(tools ? { tools } : {}),
        ...(question.json ? { output: Output.object({ schema: jsonSchema<{ name: string }>(personSchema) }) } : {}),
      }
      if (!question.stream) return toldOf(await generateText(settings), 1)
      const errors: unknown[] = []
      const result = streamText({ ...settings, onError: ({ error }) => void errors.push(error) })
      let pieces = 0
      for await (const part of result.fullStream) if (part.type === 'text-delta') pieces++
      if (errors.length > 0) throw errors[0]
      return toldOf(
        {
          text: await result.text,
          toolCalls: await result.toolCalls,
          usage: await result.usage,
          finishReason: await result.finishReason,
        },
        pieces,
      )
    },
  }
}

function messagesOf({ text, image, answered }: Question): ModelMessage[] {
  const asked: ModelMessage[] = [
    {
      role: 'user',
      content: [
        { type: 'text', text },
        ...(image ? [{ type: 'file' as const, mediaType: 'image/png', data: image }] : []),
      ],
    },
  ]
  if (!answered) return asked
  return [
    ...asked,
    {
      role: 'assistant',
      content: answered.calls.map(({ id, name, arguments: input }) => ({
        type: 'tool-call',
        toolCallId: id,
        toolName: name,
        input,
      })),
    },
    {
      role: 'tool',
      content: answered.calls.map(({ id, name }) => ({
        type: 'tool-result',
        toolCallId: id,
        toolName: name,
        output: { type: 'text', value: answered.result },
      })),
    },
  ]
}

interface Result {
  text: string
  toolCalls: readonly { toolCallId: string; toolName: string; input: unknown }[]
  usage: { inputTokens: number | undefined; outputTokens: number | undefined }
  finishReason: string
}

function toldOf({ text, toolCalls, usage, finishReason }: Result, pieces: number): Told {
  const finishes: Record<string, Told['finish']> = { stop: 'stop', 'tool-calls': 'tools', length: 'length' }
  return {
    text,
    calls: toolCalls.map(({ toolCallId, toolName, input }) => ({ id: toolCallId, name: toolName, arguments: input })),
    pieces,
    tokens: { input: usage.inputTokens ?? 0, output: usage.outputTokens ?? 0 },
    finish: finishes[finishReason] ?? 'other',
  }
}
