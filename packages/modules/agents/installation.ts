import type { AnyOperation, Caller, Context, Runtime } from '@guildhall/kernel'
import { createActiveAnswers, type ActiveAnswers } from './chat/active-answers.ts'

/** What agents need of the installation beyond a context. */
export interface AgentInstallation {
  readonly operations: ReadonlyMap<string, AnyOperation>
  /** The answers that this process is writing. */
  readonly answers: ActiveAnswers
  readonly shutdown: AbortSignal
  /** Runs an operation as an agent. */
  run(
    operation: AnyOperation,
    input: unknown,
    options: { caller: Caller; requestId: string; signal: AbortSignal },
  ): Promise<unknown>
  /** The same caller and request with another end: work that outlives its request, or ends before it. */
  contextUntil(ctx: Context, signal: AbortSignal): Context
}

declare module '@guildhall/kernel' {
  interface Services {
    agents: AgentInstallation
  }
}

export function openInstallation(runtime: Runtime): AgentInstallation {
  return {
    operations: runtime.catalogue.operations,
    answers: createActiveAnswers(),
    shutdown: runtime.shutdown,
    run: (operation, input, options) => runtime.execute(operation, input, options),
    contextUntil: (ctx, signal) =>
      runtime.context(ctx.caller, {
        requestId: ctx.requestId,
        signal: AbortSignal.any([signal, runtime.shutdown]),
      }),
  }
}
