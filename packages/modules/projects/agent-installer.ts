import type { TransactionContext } from '@guildhall/kernel'
import type { AgentDefinition } from './blueprint.ts'

/** Which definition an agent was made from. */
export interface AgentSource {
  blueprint: string
  /** Key of the definition within the blueprint. */
  key: string
  /** Version of the blueprint. */
  version: number
}

export interface AgentInstallRequest {
  projectId: string
  origin: AgentSource
  definition: AgentDefinition
  /** Ids of the bases that `definition.knowledge` names, in that order. */
  knowledgeBaseIds: readonly string[]
}

export interface AgentUpgradeRequest extends AgentInstallRequest {
  agentId: string
  /** What it was installed from: members that the client has changed since differ from it and are kept. */
  previous: AgentDefinition
}

/** Makes agents from a blueprint's definitions; offered by the agents module. */
export interface AgentInstaller {
  /** Makes the agent and publishes its first version, so that it answers at once. */
  install(ctx: TransactionContext, request: AgentInstallRequest): Promise<{ id: string }>
  /**
   * Brings an agent to a newer definition and publishes it.
   * @returns members of the definition that stay as the client made them.
   */
  upgrade(ctx: TransactionContext, request: AgentUpgradeRequest): Promise<{ keptOverrides: string[] }>
  /** Takes the agents of a removed project out of use; their runs stay. */
  archiveProject(ctx: TransactionContext, projectId: string): Promise<void>
}

declare module '@guildhall/kernel' {
  interface Services {
    agentInstaller: AgentInstaller
  }
}
