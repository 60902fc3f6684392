import type { NextStep, Objection, Outcome } from '../../api/coach-types'
import { sentence } from '../../format/text'

type Tone = 'success' | 'warning' | 'error' | 'neutral' | 'info'

export const outcomeLooks: Record<Outcome, { label: string; color: Tone; icon: string }> = {
  open: { label: 'Open', color: 'neutral', icon: 'i-lucide-circle-dashed' },
  'next-step': { label: 'Next step', color: 'info', icon: 'i-lucide-calendar-check' },
  won: { label: 'Won', color: 'success', icon: 'i-lucide-trophy' },
  lost: { label: 'Lost', color: 'error', icon: 'i-lucide-x' },
}

export const nextStepLooks: Record<NextStep, { label: string; meaning: string; color: Tone; icon: string }> = {
  agreed: { label: 'Agreed', meaning: 'A date that both sides said yes to.', color: 'success', icon: 'i-lucide-check' },
  dated: {
    label: 'Dated',
    meaning: 'A date was named; the other side did not confirm it.',
    color: 'info',
    icon: 'i-lucide-calendar',
  },
  undated: {
    label: 'Vague',
    meaning: 'Something was promised without a date.',
    color: 'warning',
    icon: 'i-lucide-calendar-off',
  },
  none: { label: 'None', meaning: 'Nothing was agreed on.', color: 'error', icon: 'i-lucide-x' },
}

export const handlingLooks: Record<Objection['response']['handling'], { label: string; color: Tone; icon: string }> = {
  'answered-with-evidence': { label: 'Answered with evidence', color: 'success', icon: 'i-lucide-check' },
  questioned: { label: 'Explored with a question', color: 'info', icon: 'i-lucide-circle-question-mark' },
  acknowledged: { label: 'Acknowledged', color: 'info', icon: 'i-lucide-message-circle' },
  deflected: { label: 'Put off', color: 'warning', icon: 'i-lucide-corner-up-right' },
  ignored: { label: 'Passed over', color: 'error', icon: 'i-lucide-x' },
}

export const objectionNames: Record<Objection['kind'], string> = {
  price: 'Price',
  timing: 'Timing',
  authority: 'Authority',
  need: 'Need',
  competitor: 'Competitor',
  trust: 'Trust',
  contract: 'Contract',
  'status-quo': 'Status quo',
}

/** A kind as the server names it; one that is new to the console still reads well. */
export const objectionName = (kind: string) =>
  Object.entries(objectionNames).find(([known]) => known === kind)?.[1] ?? sentence(kind)
