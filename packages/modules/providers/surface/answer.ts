import type { Context } from '@guildhall/kernel'
import { answerByAgent } from './answer-by-agent.ts'
import { answerByModel } from './answer-by-model.ts'
import type { Asked, Dialect } from './dialect.ts'

/** Answers by a model, a route or an agent, whole or streamed. */
export function answer(ctx: Context, request: Request, asked: Asked, dialect: Dialect): Promise<Response> {
  const agent = /^agent:(.+)$/.exec(asked.model)?.[1]
  return agent === undefined ? answerByModel(ctx, request, asked, dialect) : answerByAgent(ctx, agent, asked, dialect)
}
