import { defineModule, newId, operation } from '@guildhall/kernel'
import { startTestRuntime, type TestRuntime } from '@guildhall/kernel/testing'
import type { AgentDefinition } from '@guildhall/modules/projects'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { agentsModule } from './index.ts'
import { getAgent } from './operations/get-agent.ts'
import { listVersions } from './operations/list-versions.ts'
import { updateAgent } from './operations/update-agent.ts'
import { knowledgeOf } from './testing/knowledge-of.ts'

const base = newId()
const listCalls = operation({
  name: 'calls.list',
  summary: 'List calls',
  route: 'GET /calls',
  permission: 'calls:read',
  input: z.object({}),
  output: z.object({}),
  run: async () => ({}),
})
const coach: AgentDefinition = {
  key: 'coach',
  name: 'Sales coach',
  description: 'Coaches the team',
  instructions: 'Coach them.',
  tools: ['calls.list'],
  knowledge: ['training'],
  starters: ['How am I doing?'],
}

let app: TestRuntime
beforeAll(async () => {
  app = await startTestRuntime({
    modules: [defineModule({ name: 'calls', operations: [listCalls] }), agentsModule],
    services: { knowledge: knowledgeOf({ [base]: [] }) },
  })
})
afterAll(() => app.stop())

const admin = () => app.as('admin', app.clients[0])
const installer = () => app.runtime.services.agentInstaller
const inTransaction = <T>(work: Parameters<ReturnType<typeof app.context>['transaction']>[0]) =>
  app.context(admin()).transaction(work) as Promise<T>
const request = (projectId: string, version = 1, definition = coach) => ({
  projectId,
  origin: { blueprint: 'sales-call-coach', key: 'coach', version },
  definition,
  knowledgeBaseIds: [base],
})

test('an installed agent is published and answers at once; installing again finds it', async () => {
  const projectId = newId()
  const { id } = await inTransaction<{ id: string }>((tx) => installer().install(tx, request(projectId)))
  const agent = await app.run(getAgent, { id }, admin())
  expect(agent).toMatchObject({
    slug: 'sales-coach',
    projectId,
    origin: { blueprint: 'sales-call-coach', key: 'coach', version: 1 },
    publishedVersion: 1,
    hasUnpublishedChanges: false,
    draft: { instructions: 'Coach them.', tools: ['calls.list'], knowledgeBaseIds: [base] },
  })
  expect(await inTransaction((tx) => installer().install(tx, request(projectId)))).toEqual({ id })
})

test('an upgrade publishes the newer definition, keeps what the client changed, and leaves unfinished work unpublished', async () => {
  const projectId = newId()
  const { id } = await inTransaction<{ id: string }>((tx) => installer().install(tx, request(projectId)))
  await app.run(updateAgent, { id, name: 'Our coach', draft: { starters: ['Hello?'] } }, admin())
  const newer = { ...coach, name: 'Coach', instructions: 'Coach them kindly.' }
  const result = await inTransaction((tx) =>
    installer().upgrade(tx, { ...request(projectId, 2, newer), agentId: id, previous: coach }),
  )
  expect(result).toEqual({ keptOverrides: ['name', 'starters'] })
  expect(await app.run(getAgent, { id }, admin())).toMatchObject({
    name: 'Our coach',
    origin: { version: 2 },
    publishedVersion: 2,
    published: { instructions: 'Coach them kindly.', starters: ['How am I doing?'] },
    draft: { instructions: 'Coach them kindly.', starters: ['Hello?'] },
  })
  const { items } = await app.run(listVersions, { id }, admin())
  expect(items[0]).toMatchObject({ version: 2, note: 'From blueprint sales-call-coach, version 2' })
})

test('a definition with a tool that does not exist is a mistake of the blueprint, and nothing is installed', async () => {
  const wrong = { ...coach, tools: ['no.such'] }
  await expect(inTransaction((tx) => installer().install(tx, request(newId(), 1, wrong)))).rejects.toThrow(
    'Agent coach of the blueprint: tools.0: there is no operation no.such',
  )
})

test('the agents of a removed project are archived', async () => {
  const projectId = newId()
  const { id } = await inTransaction<{ id: string }>((tx) => installer().install(tx, request(projectId)))
  await inTransaction((tx) => installer().archiveProject(tx, projectId))
  expect((await app.run(getAgent, { id }, admin())).archivedAt).not.toBeNull()
})
