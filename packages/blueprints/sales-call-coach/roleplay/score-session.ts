import { computeMetrics, findObjections, scoreCall, type Conversation } from '@guildhall/engines/conversation'
import { summarise } from '../analysis/summarise.ts'
import type { RoleplayResult, Session } from './session.ts'

/** Scores the rep with the rubric that real calls are scored with. Null when the rep has said nothing. */
export function scoreSession(session: Session): RoleplayResult | null {
  if (!session.turns.some((turn) => turn.speaker === 'rep')) return null
  const conversation: Conversation = {
    parties: [
      { id: 'rep', role: 'rep', ...(session.rep ? { name: session.rep } : {}) },
      { id: 'prospect', role: 'prospect', name: session.persona.name },
    ],
    turns: session.turns.map((turn) => ({ party: turn.speaker, start: null, end: null, text: turn.text })),
  }
  const metrics = computeMetrics(conversation)
  const objections = findObjections(conversation)
  const score = scoreCall(conversation, metrics, objections)
  return {
    total: score.total,
    criteria: score.criteria.map(({ id, title, level, meaning, reason, evidence }) => ({
      id,
      title,
      level,
      meaning,
      reason,
      evidence,
    })),
    summary: summarise(metrics, objections.objections, score),
  }
}
