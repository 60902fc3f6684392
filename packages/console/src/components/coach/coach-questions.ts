import type { CallAnalysis, Objection } from '../../api/coach-types'

const byObjection: Record<Objection['kind'], string> = {
  price: 'How do I answer "it is too expensive"?',
  timing: 'What do I do when the time is not good for a prospect?',
  authority: 'What do I do when a prospect cannot decide alone?',
  need: 'What do I do when a prospect needs to think about it?',
  competitor: 'What do I ask a prospect who already uses another product?',
  trust: 'What do I answer when a prospect asks what happens if it does not work?',
  contract: 'What do I say about the notice period?',
  'status-quo': 'What do I ask a prospect who already uses another product?',
}
const most = 4
/** Above it conversion fell in the study that the engine cites for its talk ratio. */
const talkative = 0.65

/** What to ask the coach after a call: what was met worst comes first. */
export function coachQuestions({ objections, metrics }: CallAnalysis): string[] {
  const weight = { ignored: 0, deflected: 1, acknowledged: 2, questioned: 3, 'answered-with-evidence': 4 }
  const ordered = objections.toSorted((a, b) => weight[a.response.handling] - weight[b.response.handling])
  const questions = [
    ...ordered.map(({ kind }) => byObjection[kind]),
    ...(metrics.nextStep.status === 'agreed' ? [] : ['What is a good next step after a demo?']),
    ...(metrics.talkRatio.rep > talkative ? ['What should I know about listening in a discovery call?'] : []),
    'What should I ask in the first five minutes?',
    'When is a discount given?',
  ]
  return [...new Set(questions)].slice(0, most)
}
