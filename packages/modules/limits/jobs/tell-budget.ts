import { Id, job, systemCaller, tenants, type Context, type Runtime, type Services } from '@guildhall/kernel'
import { and, eq } from 'drizzle-orm'
import { z } from 'zod'
import { budgetMail, clientBudgetMail, type BudgetNews } from '../budget-mail.ts'
import { budgetMonths, budgets } from '../schema.ts'
import { spentBy } from '../spent-by.ts'
import { namesOf } from '../subjects.ts'

const most = 3

/** By installation, since a mail to people of another tenant is written in that tenant; tests start several in one process. */
const runtimes = new WeakMap<Services, Runtime>()

export function openBudgetMails(runtime: Runtime): void {
  runtimes.set(runtime.services, runtime)
}

const Reached = z.object({
  budgetId: Id,
  month: z.string(),
  percent: z.int(),
  spentMicros: z.number(),
  monthlyMicros: z.number(),
})

/**
 * Mails those who can change a budget that it has reached a threshold: owners and admins of the agency and, of a client's
 * budget, of that client. Each of them once per threshold, month and amount, however often the job runs.
 */
export const tellBudget = job({
  name: 'budgets.tell',
  payload: Reached,
  async run(reached, ctx) {
    const read = await ctx.transaction((tx) => readNews(tx, reached), { readOnly: true })
    if (!read) return
    const { by, own, client } = read
    const spenders = await ctx.services.ledger.spendersInMonth(ctx, by, reached.month, most)
    const news: BudgetNews = { ...read.news, spenders }
    const about = `budget:${reached.budgetId}:${reached.month}:${String(reached.monthlyMicros)}:${String(reached.percent)}`
    const agency = { ...news, client: own.kind === 'client' ? own.name : null }
    const told = await tell(contextOf(ctx, own.agencyId), {
      ...budgetMail(agency),
      about,
      path: own.kind === 'client' ? `/clients/${own.slug}/keys` : '/keys',
    })
    if (own.kind === 'client') await tell(ctx, { ...budgetMail(news), about, path: `/clients/${own.slug}/keys` }, told)
    else if (client)
      await tell(
        contextOf(ctx, client.id, own.agencyId),
        { ...clientBudgetMail(news), about, path: `/clients/${client.slug}/money` },
        told,
      )
  },
})

async function readNews(tx: Parameters<typeof namesOf>[0], reached: z.output<typeof Reached>) {
  const { budgetId, month, percent, spentMicros, monthlyMicros } = reached
  const [row] = await tx.db
    .select({ budget: budgets, unpricedCalls: budgetMonths.unpricedCalls, own: tenants })
    .from(budgets)
    .innerJoin(tenants, eq(tenants.id, budgets.tenantId))
    .leftJoin(
      budgetMonths,
      and(
        eq(budgetMonths.tenantId, budgets.tenantId),
        eq(budgetMonths.budgetId, budgets.id),
        eq(budgetMonths.month, month),
      ),
    )
    .where(and(eq(budgets.tenantId, tx.tenant.id), eq(budgets.id, budgetId)))
  // Taken away since.
  if (!row) return null
  const { budget, own, unpricedCalls } = row
  const names = await namesOf(tx, budget.scope, [budget.scopeId])
  const [client] =
    budget.scope === 'client'
      ? await tx.db
          .select()
          .from(tenants)
          .where(and(eq(tenants.agencyId, tx.tenant.id), eq(tenants.id, budget.scopeId)))
      : []
  const news = {
    budget,
    name: names?.get(budget.scopeId) ?? budget.scopeId,
    client: null,
    month,
    percent,
    spentMicros,
    monthlyMicros,
    unpricedCalls: unpricedCalls ?? 0,
  }
  return { news, by: await spentBy(tx, budget), own, client: client ?? null }
}

function contextOf(ctx: Context, tenantId: string, agencyId = tenantId): Context {
  if (tenantId === ctx.tenant.id) return ctx
  const runtime = runtimes.get(ctx.services)
  if (!runtime) throw new Error('The limits module has not started')
  const kind = tenantId === agencyId ? 'agency' : 'client'
  return runtime.context(systemCaller({ id: tenantId, kind, slug: '', name: '', agencyId }, 'Budgets'))
}

/** @param except addresses that know already @returns who knows now */
async function tell(
  ctx: Context,
  { path, ...mail }: { subject: string; text: string; about: string; path: string },
  except: ReadonlySet<string> = new Set(),
): Promise<ReadonlySet<string>> {
  const { limitedPeople, mail: mailer } = ctx.services
  const runtime = runtimes.get(ctx.services)
  return ctx.transaction(async (tx) => {
    const people = (await limitedPeople?.inCharge(tx.db)) ?? []
    const told = new Set(except)
    for (const { email: to } of people) {
      if (told.has(to)) continue
      told.add(to)
      const url = `${runtime?.config.publicUrl ?? ''}${path}`
      await mailer.send(tx, { ...mail, to, action: { label: 'Look at the budget', url } })
    }
    return told
  })
}
