import { auditEvents, newId, systemCaller, tenants, type Runtime, type Tenant } from '@guildhall/kernel'
import { ledgerSchema } from '@guildhall/modules/ledger'
import { and, desc, eq, inArray, sql } from 'drizzle-orm'
import { demoClients, type DemoClient } from './clients.ts'
import { makeHistory, writeHistory } from './history.ts'

const { marginRules } = ledgerSchema
const days = 90
/** Serialises installing and removing among processes. */
const demoLock = 4_100_410_044
const demoAgencyName = 'Demo Agency'
const plainAgencyName = 'My agency'

export type DemoState = 'never' | 'installed' | 'removed'

async function agencyOf(runtime: Runtime): Promise<Tenant> {
  const [row] = await runtime.database.within({ tenantId: null, readOnly: true }, (db) =>
    db.select().from(tenants).where(eq(tenants.kind, 'agency')).orderBy(tenants.id).limit(1),
  )
  if (!row) throw new Error('There is no agency yet')
  return { id: row.id, kind: row.kind, slug: row.slug, name: row.name, agencyId: row.agencyId }
}

/** What became of the demo: the last word of the audit trail, so that every process and replica gives the same answer. */
export async function demoState(runtime: Runtime): Promise<DemoState> {
  const agency = await agencyOf(runtime)
  const [last] = await runtime.database.within({ tenantId: agency.id, readOnly: true }, (db) =>
    db
      .select({ action: auditEvents.action })
      .from(auditEvents)
      .where(
        and(
          eq(auditEvents.tenantId, agency.id),
          inArray(auditEvents.action, ['demo.install', 'demo.remove']),
          eq(auditEvents.outcome, 'ok'),
        ),
      )
      .orderBy(desc(auditEvents.id))
      .limit(1),
  )
  return !last ? 'never' : last.action === 'demo.install' ? 'installed' : 'removed'
}

/**
 * Installs three clients with 90 days behind them. What an interrupted installation left is removed first, so that a
 * second try ends like a first one.
 */
export async function installDemo(runtime: Runtime): Promise<void> {
  const agency = await agencyOf(runtime)
  await runtime.database.within({ tenantId: agency.id }, async (lock) => {
    await lock.execute(sql`select pg_advisory_xact_lock(${demoLock})`)
    if ((await demoState(runtime)) === 'installed') return
    await eraseDemoClients(runtime, agency)
    await Promise.all(demoClients.map((client, at) => installClient(runtime, agency, client, at + 1)))
    await lock.insert(marginRules).values(await marginsOfDemo(runtime, agency))
    await lock
      .update(tenants)
      .set({ demo: true, ...(agency.name === plainAgencyName ? { name: demoAgencyName } : {}) })
      .where(eq(tenants.id, agency.id))
    await lock.insert(auditEvents).values(demoAudit(agency, 'demo.install'))
  })
}

/** Removes the demo's clients with every row and file of theirs; what people added to the agency itself stays. */
export async function removeDemo(runtime: Runtime): Promise<{ clients: string[] }> {
  const agency = await agencyOf(runtime)
  return runtime.database.within({ tenantId: agency.id }, async (lock) => {
    await lock.execute(sql`select pg_advisory_xact_lock(${demoLock})`)
    const clients = await eraseDemoClients(runtime, agency)
    await lock
      .update(tenants)
      .set({ demo: false, ...(agency.name === demoAgencyName ? { name: plainAgencyName } : {}) })
      .where(eq(tenants.id, agency.id))
    await lock.insert(auditEvents).values(demoAudit(agency, 'demo.remove'))
    return { clients }
  })
}

function demoAudit(agency: Tenant, action: string): typeof auditEvents.$inferInsert {
  const { actor } = systemCaller(agency)
  return {
    id: newId(),
    tenantId: agency.id,
    action,
    actorType: actor.type,
    actorId: actor.id,
    actorName: actor.name,
    outcome: 'ok',
    requestId: newId(),
  }
}

async function eraseDemoClients(runtime: Runtime, agency: Tenant): Promise<string[]> {
  const rows = await runtime.database.within({ tenantId: agency.id, readOnly: true }, (db) =>
    db
      .select()
      .from(tenants)
      .where(and(eq(tenants.agencyId, agency.id), eq(tenants.kind, 'client'), eq(tenants.demo, true))),
  )
  for (const row of rows) {
    await runtime.services.tenantEraser.erase(row)
  }
  const ids = rows.map((row) => row.id)
  await runtime.database.within({ tenantId: agency.id }, (db) =>
    db.delete(marginRules).where(and(eq(marginRules.tenantId, agency.id), inArray(marginRules.clientId, ids))),
  )
  return rows.map((row) => row.slug)
}

/** What the demo's clients pay: a monthly price that includes some usage, and cost and half again beyond it. */
async function marginsOfDemo(runtime: Runtime, agency: Tenant): Promise<(typeof marginRules.$inferInsert)[]> {
  const clients = await runtime.database.within({ tenantId: agency.id, readOnly: true }, (db) =>
    db
      .select({ id: tenants.id, createdAt: tenants.createdAt })
      .from(tenants)
      .where(and(eq(tenants.agencyId, agency.id), eq(tenants.kind, 'client'), eq(tenants.demo, true))),
  )
  return clients.map(({ id, createdAt }) => ({
    id: newId(),
    tenantId: agency.id,
    clientId: id,
    validFrom: new Date(Date.UTC(createdAt.getUTCFullYear(), createdAt.getUTCMonth(), 1)),
    multiplierPermille: 1500,
    fixedMicros: 9_000_000,
    includedMicros: 500_000,
    createdBy: 'system:demo',
  }))
}

async function installClient(runtime: Runtime, agency: Tenant, client: DemoClient, seed: number): Promise<void> {
  const tenant: Tenant = { id: newId(), kind: 'client', slug: client.slug, name: client.name, agencyId: agency.id }
  await runtime.database.within({ tenantId: agency.id }, (db) =>
    db.insert(tenants).values({
      ...tenant,
      industry: client.industry,
      brand: { color: client.color },
      demo: true,
      createdAt: new Date(runtime.now().getTime() - days * 86_400_000),
    }),
  )
  const caller = systemCaller(tenant, 'Demo')
  const context = runtime.context(caller)
  const run = (name: string, input: unknown) => {
    const operation = runtime.catalogue.operations.get(name)
    if (!operation) throw new Error(`The demo needs the operation ${name}`)
    return runtime.execute(operation, input, { caller })
  }
  let agent: { id: string; name: string } | null = null
  let projectId: string | null = null
  if (client.blueprint) {
    const project = idOf(
      await run('projects.create', { blueprint: client.blueprint, name: 'Sales-call coach', sampleData: true }),
    )
    projectId = project
    const { agents } = await runtime.services.projects.resolve(context, client.blueprint, project)
    const [coach] = Object.values(agents)
    if (coach) agent = { id: coach, name: 'Sales coach' }
  }
  const { knowledge, agent: wanted } = client
  if (knowledge && wanted) {
    const base = await context.transaction(async (tx) => {
      const made = await runtime.services.knowledge.ensureBase(tx, { key: knowledge.key, title: knowledge.title })
      for (const document of knowledge.documents)
        await runtime.services.knowledge.addText(tx, {
          baseId: made.id,
          title: document.title,
          text: document.text,
          key: document.title,
        })
      return made
    })
    const { starters, instructions, role, ...about } = wanted
    const id = idOf(
      await run('agents.create', {
        ...about,
        draft: {
          role,
          instructions,
          starters,
          knowledgeBaseIds: [base.id],
          guardrails: { answerOnlyFromKnowledge: true },
        },
      }),
    )
    await run('agents.publish', { id, note: 'First version' })
    agent = { id, name: wanted.name }
  }
  const history = makeHistory({ tenantId: tenant.id, client, agent, projectId, days, now: runtime.now(), seed })
  await writeHistory(runtime, tenant, history)
}

function idOf(output: unknown): string {
  if (typeof output === 'object' && output !== null && 'id' in output && typeof output.id === 'string') return output.id
  throw new Error('The operation answered without an id')
}
