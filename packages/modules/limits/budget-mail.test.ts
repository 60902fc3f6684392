import { expect, test } from 'vitest'
import { budgetMail, clientBudgetMail, type BudgetNews } from './budget-mail.ts'

const news: BudgetNews = {
  budget: { scope: 'project', whenSpent: 'refuse', downgradeTo: null },
  name: 'Coach',
  client: 'Alpha',
  month: '2026-11',
  percent: 80,
  spentMicros: 80_120_000,
  monthlyMicros: 100_000_000,
  unpricedCalls: 0,
  spenders: [
    { name: 'Ann', costMicros: 60_000_000 },
    { name: 'Web widget', costMicros: 20_120_000 },
  ],
}

test('a mail says whose budget it is, the figure, who caused it, and what comes next', () => {
  expect(budgetMail(news)).toEqual({
    subject: '80 % of the budget of the project Coach (Alpha) is spent',
    text: `The project Coach (Alpha) has spent 80.12 USD of 100.00 USD for November 2026 (UTC).

Most of it:
Ann: 60.00 USD
Web widget: 20.12 USD

Once it is spent, further calls are refused.`,
  })
})

test('a spent budget tells what becomes of calls, and until when', () => {
  const downgrade = { scope: 'tenant', whenSpent: 'downgrade', downgradeTo: 'cheap' } as const
  const mail = budgetMail({ ...news, budget: downgrade, name: 'Alpha', percent: 100, spenders: [] })
  expect(mail.subject).toBe('The budget of Alpha is spent')
  expect(mail.text).toContain('answered by cheap until the budget is raised or begins anew on 1 December 2026.')
})

test('where prices are unknown the sum is “at least”', () => {
  expect(budgetMail({ ...news, unpricedCalls: 2 }).text).toContain(
    'at least 80.12 USD of 100.00 USD for November 2026 (UTC). 2 calls have no known price and are not counted.',
  )
})

test('people of a client are not told the amounts of a budget that only the agency sees', () => {
  const { subject, text } = clientBudgetMail({ ...news, budget: { ...news.budget, scope: 'client' }, name: 'Alpha' })
  expect(subject).toBe('80 % of the budget of Alpha is spent')
  expect(text).toContain('80 % of what the agency has set aside for Alpha for November 2026 (UTC) is spent.')
  expect(text).not.toContain('USD')
})
