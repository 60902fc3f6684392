import type { CallAnalysis, Passage } from '../../api/coach-types'

/** All words of a call that some finding rests on. */
export function evidenceOf(analysis: CallAnalysis): Pick<Passage, 'turn' | 'start' | 'end'>[] {
  const { score, objections, metrics, language } = analysis
  return [
    ...score.criteria.flatMap((criterion) => criterion.evidence),
    ...objections.flatMap((objection) => [objection.quote, ...objection.response.steps]),
    ...metrics.nextStep.commitments.map((commitment) => commitment.evidence),
    ...[...(language?.strengths ?? []), ...(language?.improvements ?? [])].flatMap((point) => point.place.passages),
  ]
}
