import { questions, texts, unseenQuestions, type EvaluationQuestion } from '@guildhall/engines/extractive/evaluation'
import type { Context } from '@guildhall/kernel'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { addText, newBase, settled, startKnowledge, type KnowledgeRuntime } from './testing/start-knowledge.ts'

let app: KnowledgeRuntime
let ctx: Context
/** The texts of all companies in one base: a question competes with the texts of every other company. */
let base: string

beforeAll(async () => {
  app = await startKnowledge()
  ctx = app.context(app.as('member', app.clients[0]))
  base = await newBase(ctx, 'everything')
})
afterAll(() => app.stop())

it('reads every text', { timeout: 120_000 }, async () => {
  const sources: string[] = []
  for (const [corpus, passages] of Object.entries(texts))
    for (const { id, title, text } of passages) sources.push(await addText(ctx, base, title, text, `${corpus} ${id}`))
  for (const source of sources) expect((await settled(ctx, source)).state).toBe('ready')
})

/** The share of answerable questions whose answer stands in one of the first five passages. */
async function hitsAtFive(asked: readonly EvaluationQuestion[]) {
  const missed: string[] = []
  const answerable = asked.filter((question) => question[2] !== null)
  for (const [corpus, question, answer] of answerable) {
    const found = await ctx.services.knowledge.search(ctx, { query: question, baseIds: [base], limit: 5 })
    if (!found.some((passage) => answer !== null && passage.text.includes(answer)))
      missed.push(`${corpus}: ${question}`)
  }
  return { share: 1 - missed.length / answerable.length, missed }
}

it('finds the passage that answers a question', async () => {
  const { share, missed } = await hitsAtFive(questions)
  expect(share >= 0.95 ? [] : missed).toEqual([])
})

it('finds it in texts that nothing was tuned on', async () => {
  const { share, missed } = await hitsAtFive(unseenQuestions)
  expect(share >= 0.9 ? [] : missed).toEqual([])
})
