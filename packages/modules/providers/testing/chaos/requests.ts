import { schema, textOf, tools } from './answers.ts'
import type { Surface } from './dialects.ts'
import type { Mode } from './faults.ts'

/** A protocol of the gateway. */
export type HttpSurface = Exclude<Surface, 'inside'>

export const paths: Record<HttpSurface, string> = {
  chat: '/v1/chat/completions',
  messages: '/v1/messages',
  responses: '/v1/responses',
}

/** What is asked in a mode, in the words of a protocol (API references of OpenAI and Anthropic). */
export function requestOf(surface: HttpSurface, model: string, mode: Mode, huge: boolean): Record<string, unknown> {
  const content = textOf(mode, huge)
  const stream = mode.endsWith('stream')
  const wantsTools = mode.startsWith('tools')
  const wantsJson = mode.startsWith('schema')
  const messages = [{ role: 'user', content }]
  switch (surface) {
    case 'chat':
      return {
        model,
        messages,
        stream,
        max_completion_tokens: 500,
        ...(wantsTools
          ? {
              tools: tools.map(({ name, inputSchema: parameters }) => ({
                type: 'function',
                function: { name, parameters },
              })),
            }
          : {}),
        ...(wantsJson ? { response_format: { type: 'json_schema', json_schema: { name: 'answer', schema } } } : {}),
      }
    case 'messages':
      return {
        model,
        messages,
        stream,
        max_tokens: 500,
        ...(wantsTools ? { tools: tools.map(({ name, inputSchema }) => ({ name, input_schema: inputSchema })) } : {}),
        ...(wantsJson ? { output_config: { format: { type: 'json_schema', schema } } } : {}),
      }
    case 'responses':
      return {
        model,
        input: messages,
        stream,
        max_output_tokens: 500,
        ...(wantsTools
          ? {
              tools: tools.map(({ name, inputSchema: parameters }) => ({
                type: 'function',
                name,
                parameters,
                strict: false,
              })),
            }
          : {}),
        ...(wantsJson ? { text: { format: { type: 'json_schema', name: 'answer', schema } } } : {}),
      }
  }
}
