import type { CallMetrics, CallScore, NextStepStatus, Objection } from '@guildhall/engines/conversation'

/** Plain sentences from computed figures. Says nothing that was not measured. */
export function summarise(metrics: CallMetrics, objections: readonly Objection[], score: CallScore): string[] {
  const lines: string[] = []
  if (score.total !== null)
    lines.push(`The call scores ${String(Math.round(score.total))} of 100 by the rubric ${score.rubric}.`)
  if (metrics.words.rep === 0)
    return ['It is not known who of the speakers sells: the call cannot be judged. Name the rep and analyse it again.']
  lines.push(`The rep talked ${percent(metrics.talkRatio.rep)} of the time${basis[metrics.talkRatio.basis]}.`)
  const { rep: questions } = metrics.questions
  lines.push(`The rep asked ${count(questions.count, 'question')}, ${String(questions.open)} of them open.`)
  if (objections.length === 0) lines.push('The prospect raised no objection that the rules recognise.')
  else {
    const kinds = [...new Set(objections.map((objection) => objection.kind))].join(', ')
    const met = objections.filter((objection) => objection.response.handling !== 'ignored').length
    lines.push(
      `The prospect raised ${count(objections.length, 'objection')} (${kinds}); the rep took up ${String(met)} of them.`,
    )
  }
  lines.push(nextStepSentence(metrics.nextStep.status))
  const ranked = score.criteria
    .filter((criterion) => criterion.level !== null)
    .toSorted((a, b) => (b.level ?? 0) - (a.level ?? 0))
  const [best] = ranked
  const weakest = ranked.at(-1)
  if (best && weakest && best !== weakest && best.level !== weakest.level)
    lines.push(`Strongest: ${best.title} (${best.meaning}). Weakest: ${weakest.title} (${weakest.meaning}).`)
  return lines
}

const basis = {
  time: '',
  'start-times': ', estimated from the starts of the turns',
  words: ', counted in words because the transcript has no times',
}

function nextStepSentence(status: NextStepStatus): string {
  switch (status) {
    case 'agreed':
      return 'A next step was agreed.'
    case 'dated':
      return 'A next step with a date was named, and not confirmed by both sides.'
    case 'undated':
      return 'A next step was named without a date.'
    case 'none':
      return 'No next step was found.'
  }
}

function percent(share: number): string {
  return `${String(Math.round(share * 100))}%`
}

function count(n: number, noun: string): string {
  return `${String(n)} ${noun}${n === 1 ? '' : 's'}`
}
