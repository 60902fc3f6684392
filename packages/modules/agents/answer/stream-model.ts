import type { Context } from '@guildhall/kernel'
import type { FoundPassage } from '@guildhall/modules/knowledge'
import type { Answered } from '@guildhall/modules/providers'
import type { RunHandle } from '@guildhall/modules/runs'
import { isStepCount, streamText, toUIMessageStream, type ToolSet, type UIMessageChunk } from 'ai'
import type { AnswerRequest } from './answer.ts'
import { buildInstructions } from './build-instructions.ts'
import { spentInRun } from './spending.ts'

export interface ModelStream {
  answered: Answered | null
  /** It was stopped between two steps because its money was used up. */
  overBudget: boolean
  /** What broke it, undefined when nothing did. */
  error: unknown
  aborted: boolean
}

/** Lets the model answer, with tools in as many steps as it may have, and hands every chunk of it to `take`. */
export async function streamModel(
  ctx: Context,
  request: AnswerRequest,
  parts: { run: RunHandle; passages: readonly FoundPassage[]; tools: ToolSet; take: (chunk: UIMessageChunk) => void },
): Promise<ModelStream> {
  const { agent } = request
  const { run, passages, tools, take } = parts
  const { maxSteps } = agent.config.guardrails
  const limit = agent.config.budget.maxCostMicrosPerRun
  const hasTools = Object.keys(tools).length > 0
  const state: ModelStream = { answered: null, overBudget: false, error: undefined, aborted: false }
  const model = await ctx.services.providers.languageModel(ctx, {
    model: agent.config.model,
    run,
    passages: passages.map(({ id, title, headingPath, text, locator }) => ({
      id,
      title: [title, ...headingPath].join(' › '),
      text,
      locator,
    })),
    step: 'answer',
  })
  const result = streamText({
    model,
    instructions: buildInstructions({
      agent,
      passages,
      hasTools,
      now: ctx.now(),
      furtherInstructions: request.furtherInstructions,
    }),
    messages: request.messages,
    tools,
    // Retrying is the gateway's.
    maxRetries: 0,
    abortSignal: ctx.signal,
    stopWhen: [
      isStepCount(maxSteps),
      async () => (state.overBudget = limit !== null && (await spentInRun(ctx, run.id)) >= limit),
    ],
    // The last step has to be an answer.
    prepareStep: ({ stepNumber }) =>
      hasTools && stepNumber > 0 && stepNumber === maxSteps - 1 ? { toolChoice: 'none' as const } : {},
    onError: ({ error }) => {
      state.error ??= error
    },
  })
  const stream = toUIMessageStream({
    stream: result.stream,
    tools,
    sendStart: false,
    sendFinish: false,
    redactToolErrors: false,
    onError: () => 'The answer broke off.',
  })
  try {
    for await (const chunk of stream) {
      if (chunk.type === 'error') state.error ??= new Error(chunk.errorText)
      else if (chunk.type === 'abort') state.aborted = true
      else take(chunk)
    }
  } catch (error) {
    state.error ??= error
  }
  state.aborted ||= ctx.signal.aborted
  state.answered = model.answered()
  return state
}
