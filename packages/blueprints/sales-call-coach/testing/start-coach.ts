import { LLMock } from '@copilotkit/aimock'
import type { AnyOperation, Caller, Context, Tenant } from '@guildhall/kernel'
import { startTestRuntime, type TestRuntime } from '@guildhall/kernel/testing'
import { agentsModule } from '@guildhall/modules/agents'
import { filesModule } from '@guildhall/modules/files'
import { knowledgeModule } from '@guildhall/modules/knowledge'
import { projectsModule } from '@guildhall/modules/projects'
import { providersModule } from '@guildhall/modules/providers'
import { recordsModule } from '@guildhall/modules/records'
import { ledgerModule } from '@guildhall/modules/ledger'
import { limitsModule } from '@guildhall/modules/limits'
import { runsModule } from '@guildhall/modules/runs'
import { z } from 'zod'
import { salesCallCoach } from '../blueprint.ts'

/** The coach in an installation of the real modules; only the provider's server is a stand-in, which we did not write. */
export interface CoachRuntime {
  app: TestRuntime
  upstream: LLMock
  member(tenant?: Tenant): Caller
  context(tenant?: Tenant): Context
  /** Makes a project of this blueprint. @returns its id */
  install(tenant?: Tenant): Promise<string>
  /** Enters the stand-in as the first client's only provider, or for the given one. */
  connect(tenant?: Tenant): Promise<void>
  disconnect(tenant?: Tenant): Promise<void>
  /** Runs an operation of another module by its name. */
  call(name: string, input: unknown, caller: Caller): Promise<unknown>
  /** Records of a collection, in its order. */
  records(
    projectId: string,
    collection: string,
    tenant?: Tenant,
  ): Promise<{ id: string; data: Record<string, unknown> }[]>
  stop(): Promise<void>
}

export async function startCoach(): Promise<CoachRuntime> {
  const upstream = await LLMock.create({ port: 0 })
  const app = await startTestRuntime({
    modules: [
      ledgerModule,
      limitsModule,
      runsModule,
      providersModule,
      filesModule(),
      knowledgeModule,
      recordsModule,
      agentsModule,
      projectsModule([salesCallCoach]),
    ],
    env: { GUILDHALL_PRIVATE_HOSTS: new URL(upstream.url).host },
    worker: true,
  })
  const [alpha] = app.clients
  const member = (tenant = alpha): Caller => app.as('member', tenant)
  const operation = (name: string): AnyOperation => {
    const found = app.runtime.catalogue.operations.get(name)
    if (!found) throw new Error(`${name} is not in the catalogue`)
    return found
  }
  const call = (name: string, input: unknown, caller: Caller) => app.runtime.execute(operation(name), input, { caller })
  return {
    app,
    upstream,
    member,
    context: (tenant = alpha) => app.context(app.as('member', tenant)),
    async install(tenant = alpha) {
      const made = await call('projects.create', { blueprint: 'sales-call-coach' }, app.as('admin', tenant))
      return z.object({ id: z.string() }).parse(made).id
    },
    async connect(tenant = alpha) {
      const input = {
        kind: 'openai-compatible',
        slug: 'lab',
        apiKey: 'lab-key-1234',
        baseUrl: `${upstream.url}/v1`,
        models: ['lab-model'],
      }
      await call('providers.connect', input, app.as('owner', tenant))
    },
    async disconnect(tenant = alpha) {
      await call('providers.remove', { kind: 'lab' }, app.as('owner', tenant))
    },
    call,
    records: (projectId, collection, tenant = alpha) =>
      app
        .context(app.as('member', tenant))
        .transaction(async (tx) => (await tx.services.records.list(tx, { projectId, collection, limit: 200 })).items, {
          readOnly: true,
        }),
    async stop() {
      await app.stop()
      await upstream.stop()
    },
  }
}
