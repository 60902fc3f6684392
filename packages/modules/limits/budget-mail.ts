import type { Budget } from './book.ts'
import { boundsOf } from './month.ts'

/** What is told about a budget. Amounts are USD micro-units. */
export interface BudgetNews {
  budget: Pick<Budget, 'scope' | 'whenSpent' | 'downgradeTo'>
  /** Of the client, key, project, agent or person; of the tenant itself. */
  name: string
  /** Of the client whose budget it is, for people of its agency; null = the reader's own. */
  client: string | null
  /** `YYYY-MM`, UTC. */
  month: string
  /** 50, 80 or 100. */
  percent: number
  spentMicros: number
  monthlyMicros: number
  /** Calls whose cost nobody knows: the sum is "at least". */
  unpricedCalls: number
  /** Who has spent most of it. */
  spenders: readonly { name: string; costMicros: number }[]
}

const kind: Record<Budget['scope'], string> = {
  tenant: '',
  client: '',
  key: 'the API key ',
  project: 'the project ',
  agent: 'the agent ',
  user: '',
}

const amount = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })
const usd = (micros: number) => `${amount.format(micros / 1_000_000)} USD`
const monthName = new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' })
const dayName = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' })

/** A mail for those who can change the budget, with the figure and who caused it. */
export function budgetMail(news: BudgetNews): { subject: string; text: string } {
  const { budget, name, client, month, percent, spentMicros, monthlyMicros, unpricedCalls, spenders } = news
  const { from } = boundsOf(month)
  const whose = `${kind[budget.scope]}${name}${client === null || client === name ? '' : ` (${client})`}`
  const atLeast = unpricedCalls > 0 ? 'at least ' : ''
  const unknown =
    unpricedCalls > 0
      ? ` ${String(unpricedCalls)} ${unpricedCalls === 1 ? 'call has' : 'calls have'} no known price and ${unpricedCalls === 1 ? 'is' : 'are'} not counted.`
      : ''
  const paragraphs = [
    `${capital(whose)} has spent ${atLeast}${usd(spentMicros)} of ${usd(monthlyMicros)} for ${monthName.format(from)} (UTC).${unknown}`,
    ...(spenders.length > 0
      ? [`Most of it:\n${spenders.map((each) => `${each.name}: ${usd(each.costMicros)}`).join('\n')}`]
      : []),
    consequence(news),
  ]
  return { subject: subjectOf(percent, whose), text: paragraphs.join('\n\n') }
}

/** The same for people of a client about a budget that only its agency sees: without its amounts. */
export function clientBudgetMail(news: BudgetNews): { subject: string; text: string } {
  const { percent, month, name } = news
  const { from } = boundsOf(month)
  return {
    subject: subjectOf(percent, name),
    text: [
      `${String(percent)} % of what the agency has set aside for ${name} for ${monthName.format(from)} (UTC) is spent.`,
      consequence(news),
      'Your agency can raise it.',
    ].join('\n\n'),
  }
}

function subjectOf(percent: number, whose: string): string {
  return percent >= 100 ? `The budget of ${whose} is spent` : `${String(percent)} % of the budget of ${whose} is spent`
}

function consequence({ budget, percent, month }: BudgetNews): string {
  const then = budget.whenSpent === 'downgrade' ? `answered by ${budget.downgradeTo ?? 'a cheaper model'}` : 'refused'
  if (percent < 100) return `Once it is spent, further calls are ${then}.`
  return `Further calls are ${then} until the budget is raised or begins anew on ${dayName.format(boundsOf(month).to)}.`
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
