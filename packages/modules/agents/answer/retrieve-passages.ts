import { tokenize } from '@guildhall/engines/extractive'
import type { Context } from '@guildhall/kernel'
import type { FoundPassage } from '@guildhall/modules/knowledge'
import type { RunHandle } from '@guildhall/modules/runs'
import type { AnswerRequest } from './answer.ts'

const passagesPerAnswer = 8
/** A shorter question ("And on Sundays?") is searched for together with the one before it. */
const fewWords = 6

/** Passages of the agent's knowledge for the question: a retrieval step of the run. None when it has no knowledge. */
export async function retrievePassages(
  ctx: Context,
  request: Pick<AnswerRequest, 'agent' | 'questions'>,
  run: RunHandle,
): Promise<FoundPassage[]> {
  const { knowledgeBaseIds } = request.agent.config
  if (knowledgeBaseIds.length === 0) return []
  return ctx.services.knowledge.search(ctx, {
    query: searchText(request.questions),
    baseIds: knowledgeBaseIds,
    limit: passagesPerAnswer,
    run,
  })
}

function searchText(questions: readonly string[]): string {
  const question = questions.at(-1) ?? ''
  const before = questions.at(-2)
  return before !== undefined && tokenize(question).length < fewWords ? `${before}\n${question}` : question
}
