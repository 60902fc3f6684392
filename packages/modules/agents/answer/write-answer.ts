import { newId, type Context } from '@guildhall/kernel'
import type { FoundPassage } from '@guildhall/modules/knowledge'
import type { Answered } from '@guildhall/modules/providers'
import type { RunHandle } from '@guildhall/modules/runs'
import { ToolChoiceViolationError, type UIMessageChunk } from 'ai'
import { failureText, type AnswerRequest, type AnswerResult, type Evidence, type Notice } from './answer.ts'
import { createAnswerText, type AnswerText } from './answer-text.ts'
import { declineReason, noModel, nothingFound } from './decline.ts'
import { openTools } from './open-tools.ts'
import { retrievePassages } from './retrieve-passages.ts'
import { streamModel } from './stream-model.ts'

interface Attempt {
  answered: Answered | null
  outcome: AnswerResult['outcome']
  cause?: unknown
}

/**
 * Answers a question as an agent, as one run: guard rails, retrieval, model with tools, citations. Chunks of the AI SDK
 * UI message stream go to `emit` as they come, from `start` to `finish`. Never throws for what a model, a tool or a
 * provider does: a failed answer is a result as well.
 */
export async function writeAnswer(
  ctx: Context,
  request: AnswerRequest,
  emit: (chunk: UIMessageChunk) => void,
): Promise<AnswerResult> {
  const { agent } = request
  const question = request.questions.at(-1) ?? ''
  const run = await ctx.services.runs.start(ctx, {
    kind: request.kind,
    title: question,
    agent: { id: agent.id, name: agent.name, version: agent.version },
    ...(agent.projectId === null ? {} : { projectId: agent.projectId }),
    ...(request.chatId === undefined ? {} : { chatId: request.chatId }),
    input: { question, messages: request.messages.length },
  })
  request.onStart?.(run.id)
  const messageId = request.messageId ?? newId()
  const metadata = { runId: run.id, createdAt: ctx.now().toISOString() }
  emit({ type: 'start', messageId, messageMetadata: { ...metadata, status: 'streaming' } })
  const text = createAnswerText(emit)
  const notices: Notice[] = []
  const evidence: Evidence = { toolResults: 0 }
  let attempt: Attempt
  try {
    attempt = await answer(ctx, request, { run, text, notices, evidence, emit })
  } catch (cause) {
    attempt = { answered: null, outcome: ctx.signal.aborted ? 'cancelled' : 'failed', cause }
  }
  text.close()
  return finish(ctx, { request, run, text, notices, evidence, emit, attempt })
}

interface Work {
  run: RunHandle
  text: AnswerText
  notices: Notice[]
  evidence: Evidence
  emit: (chunk: UIMessageChunk) => void
}

async function answer(ctx: Context, request: AnswerRequest, work: Work): Promise<Attempt> {
  const { agent } = request
  const say = (notice: Notice): Attempt => {
    work.notices.push(notice)
    work.text.say(notice.text)
    return { answered: null, outcome: notice.kind === 'budget' ? 'cancelled' : 'ok' }
  }
  const declined = await declineReason(ctx, agent, request.questions.at(-1) ?? '')
  if (declined) return say(declined)
  const passages = await searchKnowledge(ctx, request, work)
  const tools = openTools(ctx, agent, work.run, work.evidence)
  const hasTools = Object.keys(tools).length > 0
  if (passages.length === 0 && !hasTools && agent.config.guardrails.answerOnlyFromKnowledge) return say(nothingFound)
  if (passages.length === 0 && !(await ctx.services.providers.hasGenerativeModel(ctx))) return say(noModel)
  work.text.useKnowledge(passages)
  const model = await streamModel(ctx, request, {
    run: work.run,
    passages,
    tools,
    take: (chunk) => work.text.take(chunk),
  })
  work.text.close()
  if (model.aborted) return { answered: model.answered, outcome: 'cancelled' }
  // A model that calls a tool in the step that has none left has no answer, and nothing is broken.
  if (ToolChoiceViolationError.isInstance(model.error)) return { ...say(stepsReached), answered: model.answered }
  if (model.error !== undefined) return { answered: model.answered, outcome: 'failed', cause: model.error }
  noteSource(model.answered, work.notices)
  if (model.overBudget && work.text.visible() === '') say(costReached)
  else if (work.text.visible() === '') say(stepsReached)
  return { answered: model.answered, outcome: 'ok' }
}

const costReached: Notice = {
  kind: 'budget',
  text: 'The budget for one answer is used up before I came to a result. Ask for less at once, or have an administrator raise the budget of this agent.',
}
const stepsReached: Notice = {
  kind: 'steps',
  text: 'I came to no answer within the steps that I may make. Ask for less at once, or have an administrator allow more steps.',
}

/** An agent that may only use its knowledge fails without it; others go on and say so. */
async function searchKnowledge(ctx: Context, request: AnswerRequest, work: Work): Promise<FoundPassage[]> {
  try {
    return await retrievePassages(ctx, request, work.run)
  } catch (error) {
    if (ctx.signal.aborted || request.agent.config.guardrails.answerOnlyFromKnowledge) throw error
    ctx.log.warn({ err: error, run: work.run.id }, 'knowledge could not be searched')
    work.notices.push({
      kind: 'knowledge-unavailable',
      text: 'The knowledge of this agent could not be searched; this answer does without it.',
    })
    return []
  }
}

function noteSource(answered: Answered | null, notices: Notice[]): void {
  if (answered?.source === 'extractive')
    notices.push({ kind: 'extractive', text: 'Quoted word for word from the documents; no language model was used.' })
  if (answered?.source === 'cached')
    notices.push({
      kind: 'cached',
      text: 'No provider could be reached; this is an earlier answer to the same question.',
    })
}

async function finish(
  ctx: Context,
  { request, run, text, notices, evidence, emit, attempt }: Work & { request: AnswerRequest; attempt: Attempt },
): Promise<AnswerResult> {
  const { answered, outcome, cause } = attempt
  const citations = text.citations()
  const refused = notices.find((notice) => notice.kind === 'budget')
  const reason = outcome === 'failed' ? messageOf(cause) : outcome === 'cancelled' ? (refused?.text ?? 'Stopped') : null
  if (outcome === 'failed') ctx.log.warn({ err: cause, run: run.id, agent: request.agent.id }, 'answer failed')
  const totals = await run.end(outcome, {
    output: { text: text.visible(), citations },
    ...(reason === null ? {} : { error: reason }),
  })
  for (const { marker, passageId, sourceId, title } of citations)
    emit({
      type: 'source-document',
      sourceId: passageId,
      mediaType: 'text/plain',
      title,
      providerMetadata: { guildhall: { marker, sourceId } },
    })
  if (citations.length > 0) emit({ type: 'data-citations', id: 'citations', data: { items: citations } })
  if (notices.length > 0) emit({ type: 'data-notices', id: 'notices', data: { items: notices } })
  const summary = {
    runId: run.id,
    provider: answered?.provider ?? totals.provider,
    model: answered?.model ?? totals.model,
    source: answered?.source ?? null,
    fallbackReason: answered?.fallbackReason ?? null,
    tokensIn: totals.tokensIn,
    tokensOut: totals.tokensOut,
    costMicros: totals.costMicros,
    costComplete: totals.costComplete,
    ms: totals.ms,
    grounded: citations.length > 0 || evidence.toolResults > 0,
  }
  emit({ type: 'data-run', id: 'run', data: summary })
  const error = outcome === 'failed' ? failureText(ctx, cause) : null
  const status = outcome === 'ok' || refused ? 'done' : outcome
  // Before the error: clients stop reading there.
  emit({ type: 'message-metadata', messageMetadata: { status, ...(error === null ? {} : { error }) } })
  if (error !== null) emit({ type: 'error', errorText: error })
  if (outcome === 'cancelled' && !refused) emit({ type: 'abort', reason: 'stopped' })
  emit({ type: 'finish', finishReason: error === null ? 'stop' : 'error' })
  return { outcome, text: text.visible(), citations, notices, run: summary, totals, answered, error }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
