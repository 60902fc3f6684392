import { startOwnUpstream, type OwnUpstream } from '../own-upstream.ts'
import { answerOf } from './answers.ts'
import type { ToldUsage } from './dialects.ts'
import type { Mode } from './faults.ts'

/** What the spare says that it has used. */
export const spareUsage: ToldUsage = { input: 40, output: 9 }

/** An OpenAI-compatible server that always answers. */
export async function startSpare(): Promise<OwnUpstream> {
  const upstream = await startOwnUpstream()
  upstream.answer = (_request, response, body) => {
    const asked = JSON.parse(body) as { stream?: boolean; tools?: unknown[]; response_format?: unknown }
    const mode: Mode = asked.tools ? 'tools' : asked.response_format ? 'schema' : 'plain'
    const text = answerOf('spare', mode)
    const usage = {
      prompt_tokens: spareUsage.input,
      completion_tokens: spareUsage.output,
      total_tokens: spareUsage.input + spareUsage.output,
    }
    const call = { id: 'call_1', type: 'function', function: { name: 'look_up', arguments: text } }
    const said = asked.tools ? { content: null, tool_calls: [call] } : { content: text }
    const finish_reason = asked.tools ? 'tool_calls' : 'stop'
    const head = { id: 'c', created: 1, model: 'spare' }
    if (asked.stream !== true) {
      const choices = [{ index: 0, message: { role: 'assistant', ...said }, finish_reason }]
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ ...head, object: 'chat.completion', choices, usage }))
      return
    }
    const chunk = (delta: object, finish: string | null = null) =>
      `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`
    const pieces = text.match(/[\s\S]{1,16}/g) ?? []
    const deltas = asked.tools
      ? [
          { tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name: 'look_up', arguments: '' } }] },
          ...pieces.map((piece) => ({ tool_calls: [{ index: 0, function: { arguments: piece } }] })),
        ]
      : pieces.map((content) => ({ content }))
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.end(
      [
        chunk({ role: 'assistant', content: '' }),
        ...deltas.map((delta) => chunk(delta)),
        chunk({}, finish_reason),
        `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices: [], usage })}\n\n`,
        'data: [DONE]\n\n',
      ].join(''),
    )
  }
  return upstream
}
