import { asProblem, authorize, problemDocument, type Caller, type Endpoint } from '@guildhall/kernel'
import type { TestRuntime } from '@guildhall/kernel/testing'
import { DefaultChatTransport, readUIMessageStream, type UIMessage, type UIMessageChunk } from 'ai'
import { resumeAnswer } from '../endpoints/resume-answer.ts'
import { sendMessage } from '../endpoints/send-message.ts'
import { stopAnswer } from '../endpoints/stop-answer.ts'

/** The AI SDK's own chat transport on the endpoints, without a network between them. */
export function chatClient(app: TestRuntime, caller: Caller) {
  const fetch: typeof globalThis.fetch = (input, init) => {
    const request = new Request(typeof input === 'string' ? new URL(input, 'http://guildhall.test') : input, init)
    const [, id = '', act = ''] = /^\/api\/chats\/([^/]+)\/(\w+)$/.exec(new URL(request.url).pathname) ?? []
    const endpoints: Record<string, Endpoint> = { messages: sendMessage, stream: resumeAnswer, stop: stopAnswer }
    const endpoint = endpoints[act]
    return endpoint ? serve(app, caller, endpoint, request, id) : Promise.resolve(new Response(null, { status: 404 }))
  }
  const transport = (chatId: string) =>
    new DefaultChatTransport<UIMessage>({
      api: `http://guildhall.test/api/chats/${chatId}/messages`,
      fetch,
      prepareReconnectToStreamRequest: () => ({ api: `http://guildhall.test/api/chats/${chatId}/stream` }),
    })
  return {
    fetch,
    /** Chunks of the answer to a question. */
    ask: (chatId: string, text: string, options: { id?: string; replace?: boolean } = {}) => {
      const message = question(text, options.id)
      return transport(chatId).sendMessages({
        trigger: 'submit-message',
        chatId,
        messageId: options.replace ? message.id : undefined,
        messages: [message],
        abortSignal: undefined,
      })
    },
    regenerate: (chatId: string, messageId?: string) =>
      transport(chatId).sendMessages({
        trigger: 'regenerate-message',
        chatId,
        messageId,
        messages: [],
        abortSignal: undefined,
      }),
    resume: (chatId: string) => transport(chatId).reconnectToStream({ chatId }),
    stop: async (chatId: string) => {
      const response = await fetch(`/api/chats/${chatId}/stop`, { method: 'POST' })
      return (await response.json()) as { stopped: boolean }
    },
  }
}

function question(text: string, id: string = crypto.randomUUID()): UIMessage {
  return { id, role: 'user', parts: [{ type: 'text', text }] }
}

async function serve(
  app: TestRuntime,
  caller: Caller,
  endpoint: Endpoint,
  request: Request,
  id: string,
): Promise<Response> {
  const ctx = app.context(caller)
  try {
    authorize(endpoint, caller)
    return await endpoint.run(request, ctx, { id })
  } catch (error) {
    const problem = asProblem(error)
    return Response.json(problemDocument(problem, ctx.requestId), { status: problem.status })
  }
}

export interface ReadAnswer {
  message: UIMessage
  chunks: UIMessageChunk[]
  errors: string[]
}

/** Reads a stream to its end as the AI SDK's clients do. */
export async function read(stream: ReadableStream<UIMessageChunk> | null): Promise<ReadAnswer> {
  if (!stream) throw new Error('There was no stream')
  const chunks: UIMessageChunk[] = []
  const errors: string[] = []
  const seen = stream.pipeThrough(
    new TransformStream<UIMessageChunk, UIMessageChunk>({
      transform(chunk, controller) {
        chunks.push(chunk)
        controller.enqueue(chunk)
      },
    }),
  )
  let message: UIMessage = { id: '', role: 'assistant', parts: [] }
  for await (const state of readUIMessageStream({
    stream: seen,
    onError: (error) => errors.push(error instanceof Error ? error.message : String(error)),
  }))
    message = state
  return { message, chunks, errors }
}

export function textOf(message: Pick<UIMessage, 'parts'>): string {
  return message.parts.map((part) => (part.type === 'text' ? part.text : '')).join('')
}

/** Data of the `data-<name>` part. */
export function dataOf(message: Pick<UIMessage, 'parts'>, name: string): unknown {
  return message.parts
    .map((part) => (part.type === `data-${name}` && 'data' in part ? part.data : undefined))
    .find(Boolean)
}
