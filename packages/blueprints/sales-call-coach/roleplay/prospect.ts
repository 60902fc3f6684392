import type { Context } from '@guildhall/kernel'
import type { RunHandle } from '@guildhall/modules/runs'
import { generateText } from 'ai'
import type { RoleplayTurn, Session } from './session.ts'

const objectionsBy = { easy: 1, medium: 3, hard: 5 } as const

/** How many objections a prospect of this difficulty brings. */
export function objectionCount(difficulty: keyof typeof objectionsBy): number {
  return objectionsBy[difficulty]
}

/**
 * The prospect's next words. A model plays the persona; without one the prospect says, word for word, what real
 * prospects of this team have said, in their order, and the turn says so.
 */
export async function prospectSays(ctx: Context, run: RunHandle, session: Session): Promise<RoleplayTurn> {
  if (await ctx.services.providers.hasGenerativeModel(ctx)) {
    const model = await ctx.services.providers.languageModel(ctx, { model: 'default', run, step: 'play the prospect' })
    try {
      const { text } = await generateText({
        model,
        maxRetries: 0,
        abortSignal: ctx.signal,
        instructions: characterOf(session),
        messages: [
          { role: 'user', content: '(The call begins.)' },
          ...session.turns.map((turn) => ({
            role: turn.speaker === 'rep' ? ('user' as const) : ('assistant' as const),
            content: turn.text,
          })),
        ],
      })
      const answered = model.answered()
      if (answered && answered.source !== 'extractive' && text.trim() !== '')
        return { speaker: 'prospect', text: text.trim(), source: answered.source === 'cached' ? 'cached' : 'model' }
    } catch (error) {
      if (ctx.signal.aborted) throw error
      ctx.log.warn({ err: error }, 'No model could play the prospect')
    }
  }
  return fromCalls(session)
}

function characterOf(session: Session): string {
  const { persona, difficulty, objections } = session
  return `You are ${persona.name}, ${persona.role}. You are ${persona.mood}. A sales representative has called you. Stay in character; never coach, never mention that this is practice.
Difficulty: ${difficulty}. Speak like a person on the phone: one to three sentences.
Bring up these concerns one at a time, in your own words, when they fit, and give in only when they are met well:
${objections.map((objection) => `- (${objection.kind}) ${objection.text}`).join('\n')}
When the representative proposes a clear next step and your concerns are met, agree to it.`
}

/** Lines of real calls, then a close: what can be said without inventing a prospect. */
function fromCalls(session: Session): RoleplayTurn {
  const said = session.turns.filter((turn) => turn.speaker === 'prospect').length
  const opening = `Hello, ${session.persona.name} speaking.`
  if (said === 0) return { speaker: 'prospect', text: opening, source: 'calls' }
  const next = session.objections[said - 1]
  if (next) return { speaker: 'prospect', text: next.text, source: 'calls' }
  return {
    speaker: 'prospect',
    text: 'I have no further questions. What do you propose as the next step?',
    source: 'calls',
  }
}
