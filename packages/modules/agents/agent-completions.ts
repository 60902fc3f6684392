import { invalidInput, notFound, Problem, type Context } from '@guildhall/kernel'
import type {
  AgentCompletion,
  AgentCompletionPart,
  AgentCompletionRequest,
  AgentCompletions,
} from '@guildhall/modules/providers'
import type { UIMessageChunk } from 'ai'
import { and, asc, eq, isNull } from 'drizzle-orm'
import type { AnsweringAgent, AnswerRequest, AnswerResult } from './answer/answer.ts'
import { writeAnswer } from './answer/write-answer.ts'
import { agents, agentVersions } from './schema.ts'

/** Published agents for programs that speak OpenAI's protocol: `model: "agent:<slug>"`. Nothing is kept but the run. */
export const agentCompletions: AgentCompletions = {
  async list(ctx) {
    const rows = await publishedAgents(ctx)
    return rows.map(({ agent, version }) => ({ slug: agent.slug, name: agent.name, publishedAt: version.publishedAt }))
  },
  async complete(ctx, request) {
    const [found] = await publishedAgents(ctx, request.slug)
    if (!found) throw notFound('published agent', request.slug)
    const { agent, version } = found
    return begin(ctx, request, {
      id: agent.id,
      name: agent.name,
      projectId: agent.projectId,
      version: version.version,
      config: version.config,
    })
  },
}

function publishedAgents(ctx: Context, slug?: string) {
  return ctx.transaction(
    ({ db }) =>
      db
        .select({ agent: agents, version: agentVersions })
        .from(agents)
        .innerJoin(
          agentVersions,
          and(
            eq(agentVersions.tenantId, agents.tenantId),
            eq(agentVersions.agentId, agents.id),
            eq(agentVersions.version, agents.publishedVersion),
          ),
        )
        .where(
          and(
            eq(agents.tenantId, ctx.tenant.id),
            isNull(agents.archivedAt),
            slug === undefined ? undefined : eq(agents.slug, slug),
          ),
        )
        .orderBy(asc(agents.slug)),
    { readOnly: true },
  )
}

/** Resolves when the run exists; the answer is written while its parts are read. */
async function begin(ctx: Context, request: AgentCompletionRequest, agent: AnsweringAgent): Promise<AgentCompletion> {
  const turns = conversation(request)
  const leaving = new AbortController()
  const background = ctx.services.agents.contextUntil(ctx, AbortSignal.any([request.signal, leaving.signal]))
  const { promise: started, resolve, reject } = Promise.withResolvers<string>()
  const parts = new ReadableStream<AgentCompletionPart>({
    start(controller) {
      const emit = textOnly((delta) => {
        if (!leaving.signal.aborted) controller.enqueue({ type: 'text', delta })
      })
      writeAnswer(background, { ...turns, agent, kind: 'completion', onStart: resolve }, emit)
        .then((result) => (leaving.signal.aborted ? undefined : finish(controller, result)))
        .catch((error: unknown) => {
          reject(error)
          controller.error(error)
        })
    },
    // The reader has gone; nobody would see the rest.
    cancel: () => leaving.abort(),
  })
  return { runId: await started, parts }
}

/** @throws Problem 400 when the last message is not a question. */
function conversation({
  messages,
}: AgentCompletionRequest): Pick<AnswerRequest, 'messages' | 'questions' | 'furtherInstructions'> {
  const turns = messages.filter((message) => message.role !== 'system')
  if (turns.at(-1)?.role !== 'user')
    throw invalidInput([{ field: 'messages', message: 'must end with a message of the user' }])
  return {
    messages: turns.map(({ role, text }) =>
      role === 'user' ? { role, content: text } : { role: 'assistant', content: text },
    ),
    questions: turns.filter((turn) => turn.role === 'user').map((turn) => turn.text),
    furtherInstructions: messages
      .filter((message) => message.role === 'system')
      .map((message) => message.text)
      .join('\n\n'),
  }
}

/** The text of an answer, an empty line between what is said before and after a tool. */
function textOnly(say: (delta: string) => void): (chunk: UIMessageChunk) => void {
  let said = false
  let began = false
  return (chunk) => {
    if (chunk.type === 'text-start') began = true
    if (chunk.type !== 'text-delta' || chunk.delta === '') return
    if (began && said) say('\n\n')
    began = false
    said = true
    say(chunk.delta)
  }
}

function finish(reader: ReadableStreamDefaultController<AgentCompletionPart>, result: AnswerResult): void {
  reader.enqueue(endOf(result))
  reader.close()
}

/** @throws Problem for an answer that did not come to its end. */
function endOf(result: AnswerResult): AgentCompletionPart {
  const refused = result.notices.some((notice) => notice.kind === 'budget')
  if (result.outcome === 'failed' || (result.outcome === 'cancelled' && !refused))
    throw new Problem({
      status: result.outcome === 'failed' ? 502 : 499,
      type: result.outcome === 'failed' ? 'answer-failed' : 'answer-stopped',
      title: result.outcome === 'failed' ? 'The agent could not answer' : 'The answer was stopped',
      detail: result.error ?? 'The answer was stopped before its end.',
    })
  return {
    type: 'end',
    finishReason: result.notices.some((notice) => notice.kind === 'topic') ? 'content-filter' : 'stop',
    totals: result.totals,
    answered: result.answered,
    citations: result.citations.map(({ marker, title, quote, sourceId }) => ({
      marker: `[${String(marker)}]`,
      title,
      quote,
      sourceId,
    })),
  }
}
