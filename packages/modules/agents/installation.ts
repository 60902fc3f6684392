import type { AnyOperation, Caller, Runtime } from '@guildhall/kernel'

/** What agents need of the installation beyond a context: which operations there are, and to run one as an agent. */
export interface AgentInstallation {
  readonly operations: ReadonlyMap<string, AnyOperation>
  run(
    operation: AnyOperation,
    input: unknown,
    options: { caller: Caller; requestId: string; signal: AbortSignal },
  ): Promise<unknown>
}

declare module '@guildhall/kernel' {
  interface Services {
    agents: AgentInstallation
  }
}

export function openInstallation(runtime: Runtime): AgentInstallation {
  return {
    operations: runtime.catalogue.operations,
    run: (operation, input, options) => runtime.execute(operation, input, options),
  }
}
