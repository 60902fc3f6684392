import { tokenize } from '@guildhall/engines/extractive'
import type { Context } from '@guildhall/kernel'
import type { AnsweringAgent, Notice } from './answer.ts'
import { spentToday } from './spending.ts'

/** A polite refusal before any model is asked, or null to go on. */
export async function declineReason(ctx: Context, agent: AnsweringAgent, question: string): Promise<Notice | null> {
  const topic = refusedTopic(question, agent.config.guardrails.refuseTopics)
  if (topic !== null)
    return { kind: 'topic', text: `I cannot help with this here: "${topic}" is outside of what I talk about.` }
  const limit = agent.config.budget.maxCostMicrosPerDay
  if (limit !== null && (await spentToday(ctx, agent.id)) >= limit)
    return {
      kind: 'budget',
      text: 'My budget for today is used up, so I cannot answer now. It starts anew at midnight UTC; an administrator can raise it in the settings of this agent.',
    }
  return null
}

/** The first of `topics` whose words stand next to each other in the question; case and accents do not matter. */
export function refusedTopic(question: string, topics: readonly string[]): string | null {
  const asked = ` ${tokenize(question).join(' ')} `
  return (
    topics.find((topic) => {
      const words = tokenize(topic)
      return words.length > 0 && asked.includes(` ${words.join(' ')} `)
    }) ?? null
  )
}

export const nothingFound: Notice = {
  kind: 'no-knowledge',
  text: 'I found nothing about this in my knowledge, and I answer only from it. Try other words, or ask somebody on the team.',
}

export const noModel: Notice = {
  kind: 'no-knowledge',
  text: 'I found nothing about this in my knowledge, and no language model is set up here. Add a key of a provider in Settings, or documents to my knowledge.',
}
