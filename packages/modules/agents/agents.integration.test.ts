import { defineModule, operation } from '@guildhall/kernel'
import { startTestRuntime, type TestRuntime } from '@guildhall/kernel/testing'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { agentsModule } from './index.ts'
import { archiveAgent } from './operations/archive-agent.ts'
import { createAgent } from './operations/create-agent.ts'
import { duplicateAgent } from './operations/duplicate-agent.ts'
import { getAgent } from './operations/get-agent.ts'
import { listAgentTools } from './operations/list-agent-tools.ts'
import { listAgents } from './operations/list-agents.ts'
import { listVersions } from './operations/list-versions.ts'
import { publishAgent } from './operations/publish-agent.ts'
import { restoreAgent } from './operations/restore-agent.ts'
import { updateAgent } from './operations/update-agent.ts'
import { validateAgent } from './operations/validate-agent.ts'
import { gatewayOf } from './testing/gateway-of.ts'
import { knowledgeOf } from './testing/knowledge-of.ts'

const base = '00000000-0000-4000-8000-000000000001'
const echo = operation({
  name: 'orders.find',
  summary: 'Find an order',
  route: 'GET /orders',
  permission: 'orders:read',
  input: z.object({ number: z.string() }),
  output: z.object({}),
  run: async () => ({}),
})
const eraseAll = operation({
  name: 'orders.erase',
  summary: 'Erase all orders',
  route: 'DELETE /orders',
  permission: 'orders:admin',
  input: z.object({}),
  output: z.object({}),
  run: async () => ({}),
})

let app: TestRuntime
beforeAll(async () => {
  app = await startTestRuntime({
    modules: [defineModule({ name: 'orders', operations: [echo, eraseAll] }), agentsModule],
    services: { knowledge: knowledgeOf({ [base]: [] }), providers: gatewayOf() },
  })
})
afterAll(() => app.stop())

const member = () => app.as('member', app.clients[0])
const admin = () => app.as('admin', app.clients[0])
const ready = { instructions: 'Answer questions about orders.', tools: ['orders.find'], knowledgeBaseIds: [base] }
const create = (name: string, draft = {}) => app.run(createAgent, { name, draft }, member())

describe('an agent', () => {
  test('begins as a draft with safe defaults and a slug of its name', async () => {
    const agent = await create('Verkäufer-Trainer №1')
    expect(agent).toMatchObject({ slug: 'verka-ufer-trainer-no1', publishedVersion: null, hasUnpublishedChanges: true })
    expect(agent.draft).toMatchObject({
      model: 'default',
      guardrails: { answerOnlyFromKnowledge: false, maxSteps: 8 },
      budget: { maxCostMicrosPerDay: null },
    })
    expect((await create('Verkäufer-Trainer №1')).slug).toBe('verka-ufer-trainer-no1-2')
  })

  test('refuses a slug that is taken', async () => {
    await app.run(createAgent, { name: 'One', slug: 'taken' }, member())
    await expect(app.run(createAgent, { name: 'Two', slug: 'taken' }, member())).rejects.toMatchObject({ status: 409 })
  })

  test('is changed member by member, and the rest stays', async () => {
    const { id } = await create('Changing', ready)
    await app.run(updateAgent, { id, draft: { guardrails: { maxSteps: 3 } } }, member())
    const changed = await app.run(updateAgent, { id, description: 'About orders' }, member())
    expect(changed).toMatchObject({ name: 'Changing', description: 'About orders' })
    expect(changed.draft).toMatchObject({ ...ready, guardrails: { maxSteps: 3, answerOnlyFromKnowledge: false } })
  })

  test('says by field what keeps it from being published', async () => {
    const { id } = await create('Broken', {
      tools: ['orders.find', 'orders.erase', 'orders.find', 'no.such', 'agents.create'],
      knowledgeBaseIds: [base, '00000000-0000-4000-8000-000000000002'],
      budget: { maxCostMicrosPerDay: 0 },
      model: 'no-such/model',
    })
    const { ready: isReady, problems } = await app.run(validateAgent, { id }, app.as('viewer', app.clients[0]))
    expect(isReady).toBe(false)
    expect(problems.map((problem) => problem.field)).toEqual([
      'instructions',
      'tools.1',
      'tools.2',
      'tools.3',
      'tools.4',
      'budget.maxCostMicrosPerDay',
      'model',
      'knowledgeBaseIds.1',
    ])
    expect(problems[1]?.message).toContain('orders:admin')
    await expect(app.run(publishAgent, { id }, admin())).rejects.toMatchObject({
      status: 422,
      type: 'agent-not-ready',
      errors: problems,
    })
  })

  test('that may only use its knowledge must have some', async () => {
    const { id } = await create('Mute', { instructions: 'Answer.', guardrails: { answerOnlyFromKnowledge: true } })
    const { problems } = await app.run(validateAgent, { id }, member())
    expect(problems).toMatchObject([{ field: 'guardrails.answerOnlyFromKnowledge' }])
  })

  test('with tools needs a step to answer after them', async () => {
    const { id } = await create('Hasty', { ...ready, guardrails: { maxSteps: 1 } })
    const { problems } = await app.run(validateAgent, { id }, member())
    expect(problems).toMatchObject([{ field: 'guardrails.maxSteps' }])
  })

  test('is published by an admin, version by version, and not twice for the same draft', async () => {
    const { id } = await create('Published', ready)
    await expect(app.run(publishAgent, { id }, member())).rejects.toMatchObject({ status: 403 })
    expect(await app.run(publishAgent, { id, note: 'First' }, admin())).toMatchObject({
      publishedVersion: 1,
      hasUnpublishedChanges: false,
    })
    expect(await app.run(publishAgent, { id }, admin())).toMatchObject({ publishedVersion: 1 })
    await app.run(updateAgent, { id, draft: { role: 'Clerk' } }, member())
    const before = await app.run(getAgent, { id }, member())
    expect(before).toMatchObject({ hasUnpublishedChanges: true, published: { role: '' }, draft: { role: 'Clerk' } })
    expect(await app.run(publishAgent, { id, note: 'Named' }, admin())).toMatchObject({ publishedVersion: 2 })
    const { items } = await app.run(listVersions, { id }, member())
    expect(items).toMatchObject([
      { version: 2, note: 'Named', current: true, publishedBy: 'Test Person' },
      { version: 1, note: 'First', current: false },
    ])
    const restored = await app.run(restoreAgent, { id, version: 1 }, member())
    expect(restored).toMatchObject({ draft: { role: '' }, published: { role: 'Clerk' }, publishedVersion: 2 })
  })

  test('cannot have a published version changed or deleted, by nobody in the application', async () => {
    const { id } = await create('Frozen', ready)
    await app.run(publishAgent, { id }, admin())
    const write = (statement: ReturnType<typeof sql>) =>
      app.context(admin()).transaction(({ db }) => db.execute(statement))
    await expect(write(sql`update agent_versions set config = '{}' where agent_id = ${id}`)).rejects.toMatchObject({
      cause: { code: '42501' },
    })
    await expect(write(sql`delete from agent_versions where agent_id = ${id}`)).rejects.toMatchObject({
      cause: { code: '42501' },
    })
  })

  test('is copied with its draft, and archived out of the list', async () => {
    const original = await create('Original', ready)
    const copy = await app.run(duplicateAgent, { id: original.id }, member())
    expect(copy).toMatchObject({ name: 'Original (copy)', slug: 'original-copy', draft: original.draft })
    await app.run(archiveAgent, { id: copy.id }, admin())
    const names = async (archived: boolean) =>
      (await app.run(listAgents, { archived, limit: 200 }, member())).items.map((agent) => agent.name)
    expect(await names(false)).not.toContain('Original (copy)')
    expect(await names(true)).toEqual(['Original (copy)'])
    await expect(app.run(publishAgent, { id: copy.id }, admin())).rejects.toMatchObject({ status: 409 })
  })

  test('is not there for another tenant', async () => {
    const { id } = await create('Of alpha', ready)
    const stranger = app.as('owner', app.clients[1])
    for (const attempt of [
      () => app.run(getAgent, { id }, stranger),
      () => app.run(updateAgent, { id, name: 'Stolen' }, stranger),
      () => app.run(publishAgent, { id }, stranger),
      () => app.run(duplicateAgent, { id }, stranger),
      () => app.run(listVersions, { id }, stranger),
    ])
      await expect(attempt()).rejects.toMatchObject({ status: 404 })
    expect((await app.run(listAgents, {}, stranger)).items).toEqual([])
  })

  test('may have the operations that its role covers as tools, and those alone are listed', async () => {
    const { items } = await app.run(listAgentTools, {}, member())
    expect(items.map((tool) => tool.name)).toEqual(['orders.find'])
    expect(items[0]).toMatchObject({ writes: false, inputs: ['number'] })
  })
})
