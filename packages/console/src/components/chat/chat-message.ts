import type { UIMessage } from 'ai'
import type { ChatDetail, Citation, CitationsPart, NoticesPart, RunPart } from '@/api/agent-types'

/** A message of a conversation with an agent: the AI SDK's own, with three data parts of Guildhall. */
export type AgentMessage = UIMessage

interface ToolPart {
  type: string
  toolCallId: string
  state: string
  toolName?: string
  input?: unknown
  output?: unknown
  errorText?: string
}

/** Messages of the stored history, as a copy that may be changed. The server keeps the parts as the stream made them. */
export function historyOf(chat: Pick<ChatDetail, 'messages'>): AgentMessage[] {
  return copyOf(chat.messages.filter((message) => !message.metadata.superseded))
}

/** Answers that another one has taken the place of, oldest first, by the id of their question. */
export function replacedAnswers(chat: Pick<ChatDetail, 'messages'>): Map<string, AgentMessage[]> {
  const replaced = new Map<string, AgentMessage[]>()
  let question = ''
  for (const message of chat.messages) {
    if (message.role === 'user') question = message.id
    else if (message.metadata.superseded)
      replaced.set(question, [...(replaced.get(question) ?? []), ...copyOf([message])])
  }
  return replaced
}

function copyOf(messages: ChatDetail['messages']): AgentMessage[] {
  return JSON.parse(JSON.stringify(messages)) as AgentMessage[]
}

export function textOf(message: AgentMessage): string {
  return message.parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n\n')
}

export function citationsOf(message: AgentMessage): Citation[] {
  return dataOf<CitationsPart>(message, 'data-citations').flatMap((part) => part.items)
}

/** What people should know beside the answer: that it is quoted, cached, cut by a budget. */
export function noticesOf(message: AgentMessage): NoticesPart['items'] {
  return dataOf<NoticesPart>(message, 'data-notices').flatMap((part) => part.items)
}

/** What the answer cost and who gave it; null while it is being given. */
export function runOf(message: AgentMessage): RunPart | null {
  return dataOf<RunPart>(message, 'data-run').at(-1) ?? null
}

/** A tool call; its name is in its type, `tool-<name>`, which the SDK knows only for tools given when building. */
export function asTool(part: { type: string }): ToolPart | null {
  return part.type.startsWith('tool-') || part.type === 'dynamic-tool' ? (part as ToolPart) : null
}

/** Data parts are described by docs of the chat endpoint, not by the SDK's types. */
function dataOf<T>(message: AgentMessage, type: `data-${string}`): T[] {
  return message.parts.flatMap((part) => (part.type === type && 'data' in part ? [part.data as T] : []))
}

interface AnswerMetadata {
  status?: 'streaming' | 'done' | 'failed' | 'cancelled' | 'interrupted'
  error?: string | null
  feedback?: { rating: 'up' | 'down' | null; comment: string | null } | null
}

/** What the server says about a message, in its history and at the end of its stream. */
export function metadataOf(message: AgentMessage): AnswerMetadata {
  return typeof message.metadata === 'object' && message.metadata !== null ? message.metadata : {}
}
