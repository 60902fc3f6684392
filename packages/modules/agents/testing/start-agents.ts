import type { Caller, Module } from '@guildhall/kernel'
import { startTestRuntime, type TestRuntime } from '@guildhall/kernel/testing'
import type { Knowledge } from '@guildhall/modules/knowledge'
import { ledgerModule } from '@guildhall/modules/ledger'
import { limitsModule } from '@guildhall/modules/limits'
import { runsModule } from '@guildhall/modules/runs'
import type { z } from 'zod'
import { agentsModule } from '../index.ts'
import { createAgent } from '../operations/create-agent.ts'
import { createChat } from '../operations/create-chat.ts'
import { getChat } from '../operations/get-chat.ts'
import { publishAgent } from '../operations/publish-agent.ts'
import { chatClient } from './chat-client.ts'
import type { ScriptedGateway } from './gateway-of.ts'

type Draft = NonNullable<z.input<typeof createAgent.input>['draft']>

export interface AgentsRuntime {
  app: TestRuntime
  /** A person of the first client. */
  member: Caller
  /** A published agent of the first client. */
  agentWith(draft: Draft): Promise<string>
  /** A chat of the member with such an agent. */
  chatWith(draft?: Draft): Promise<string>
  client(): ReturnType<typeof chatClient>
  chat(id: string): Promise<z.output<typeof getChat.output>>
}

/** Agents and the real journal on a fresh database; what they know and who answers is the test's. */
export async function startAgents(
  ports: { knowledge: Knowledge; providers: ScriptedGateway },
  modules: readonly Module[] = [],
): Promise<AgentsRuntime> {
  const app = await startTestRuntime({
    modules: [ledgerModule, limitsModule, runsModule, ...modules, agentsModule],
    services: ports,
  })
  const member = app.as('member', app.clients[0])
  const agentWith = async (draft: Draft) => {
    const agent = { name: 'Clerk', draft: { instructions: 'Answer about orders.', ...draft } }
    const { id } = await app.run(createAgent, agent, member)
    await app.run(publishAgent, { id }, app.as('admin', app.clients[0]))
    return id
  }
  return {
    app,
    member,
    agentWith,
    chatWith: async (draft = {}) => (await app.run(createChat, { agentId: await agentWith(draft) }, member)).id,
    client: () => chatClient(app, member),
    chat: (id) => app.run(getChat, { id }, member),
  }
}
