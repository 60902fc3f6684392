import { useChat } from '@ai-sdk/vue'
import { useQueryClient } from '@tanstack/vue-query'
import { DefaultChatTransport } from 'ai'
import { computed, onMounted } from 'vue'
import { answer, apiFor, tenantHeaders } from '@/api/client'
import { asApiProblem, problemOf, type ApiProblem } from '@/api/problem'
import { useTenant } from '@/composables/use-tenant'
import type { AgentMessage } from './chat-message'
import { takeFirst } from './first-message'

/** One conversation over the AI SDK's UI message stream: history, sending, stop, regenerate, resuming after a reload. */
export function useAgentChat(chatId: string, messages: AgentMessage[]) {
  const { client } = useTenant()
  const slug = client.value
  const queryClient = useQueryClient()
  const path = `/api/chats/${encodeURIComponent(chatId)}`

  const chat = useChat({
    id: chatId,
    messages,
    throttle: 40,
    transport: new DefaultChatTransport<AgentMessage>({
      api: `${path}/messages`,
      headers: tenantHeaders(slug),
      // The server keeps the history: only the newest message travels.
      prepareSendMessagesRequest: ({ messages: all, trigger, messageId }) => ({
        body: { message: all.at(-1), trigger, messageId },
      }),
      prepareReconnectToStreamRequest: () => ({ api: `${path}/stream`, headers: tenantHeaders(slug) }),
    }),
    onFinish: () => {
      void queryClient.invalidateQueries({ queryKey: ['tenant', slug, 'chats'] })
      void queryClient.invalidateQueries({ queryKey: ['tenant', slug, 'chat', chatId] })
    },
  })

  onMounted(() => {
    const first = takeFirst(chatId)
    if (first) void chat.sendMessage({ text: first })
    // An answer may still be on its way from before a reload.
    else void chat.resumeStream()
  })

  const busy = computed(() => chat.status.value === 'submitted' || chat.status.value === 'streaming')

  async function stop() {
    await chat.stop()
    // Leaving the stream does not end the work: the server goes on so that it can be resumed.
    await answer(apiFor(slug).POST('/api/chats/{id}/stop', { params: { path: { id: chatId } } })).catch(() => undefined)
  }

  return { ...chat, busy, stop, problem: computed(() => (chat.error.value ? readProblem(chat.error.value) : null)) }
}

/** The transport throws the text of a refusal. */
function readProblem(error: Error): ApiProblem {
  try {
    return problemOf(JSON.parse(error.message), new Response(null, { status: 400 }))
  } catch {
    return asApiProblem(error)
  }
}
