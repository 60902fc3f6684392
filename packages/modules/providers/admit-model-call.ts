import type { LanguageModelV4CallOptions } from '@ai-sdk/provider'
import { estimateTokenCount } from 'tokenx'
import { admitCall } from './admit-call.ts'
import type { ModelCallOptions } from './model-call.ts'
import { promptText } from './prompt-text.ts'
import { noTokens } from './usage.ts'

/** Output of a call whose caller sets no limit: what answers usually stay below. */
const usualOutputTokens = 1_024

/**
 * About as many tokens as a text has at most (three bytes each: English has more than four, Chinese three). Counting takes
 * longer than all the rest of an admission, and money that is set aside too much comes back with the answer.
 */
const mostTokens = (text: string) => Math.ceil(Buffer.byteLength(text) / 3)

/** Asks limits and budgets, and resolves what is asked instead when they say so. */
export async function admitModelCall(
  { ctx, chain: first, request, resolve }: ModelCallOptions,
  options: LanguageModelV4CallOptions,
) {
  let text: string | undefined
  const words = () => (text ??= promptText(options.prompt))
  let tokens: number | undefined
  const inputTokens = () => (tokens ??= estimateTokenCount(words()))
  const prices = await ctx.services.ledger.prices(ctx)
  const output = options.maxOutputTokens ?? usualOutputTokens
  const admission = await admitCall(ctx, prices, {
    requested: first.requested,
    route: first.route?.alias ?? null,
    targets: first.targets,
    usage: { ...noTokens, input: mostTokens(words()), output },
    tokens: () => inputTokens() + output,
    projectId: request.projectId ?? request.run.projectId ?? null,
    agentId: request.agentId ?? request.run.agentId ?? null,
  })
  try {
    const chain = admission.downgradeTo !== null && resolve ? resolve(admission.downgradeTo) : first
    return { prices, admission, chain, words, inputTokens }
  } catch (error) {
    admission.settle({ tokens: 0, costMicros: 0 })
    throw error
  }
}
