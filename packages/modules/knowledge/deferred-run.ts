import type { Context } from '@guildhall/kernel'
import type { RunHandle, StartRun } from '@guildhall/modules/runs'

export interface DeferredRun extends RunHandle {
  /** Whether a step has begun, so that the run is in the journal. */
  readonly started: boolean
}

/**
 * A run that enters the journal with its first step: whether a provider is going to be asked is only known once the
 * gateway has looked. `id` may be read only after that.
 */
export function deferRun(ctx: Context, start: StartRun): DeferredRun {
  let opening: Promise<RunHandle> | undefined
  let opened: RunHandle | undefined
  const open = async () => {
    opening ??= ctx.services.runs.start(ctx, start)
    opened = await opening
    return opened
  }
  return {
    get started() {
      return opened !== undefined
    },
    get id() {
      if (!opened) throw new Error('This run has no step yet, and so no id')
      return opened.id
    },
    step: async (options, work) => (await open()).step(options, work),
    openStep: async (options) => (await open()).openStep(options),
    end: async (outcome, result) => (await open()).end(outcome, result),
  }
}
