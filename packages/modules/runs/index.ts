import { defineModule, type Runtime } from '@guildhall/kernel'
import { createJournal } from './create-journal.ts'
import { exportRuns } from './endpoints/export-runs.ts'
import { expirePayloads } from './jobs/expire-payloads.ts'
import { createOpenRuns, keepLeases, type OpenRuns } from './leases.ts'
import { getPayload } from './operations/get-payload.ts'
import { getRun } from './operations/get-run.ts'
import { giveFeedback } from './operations/give-feedback.ts'
import { listRuns } from './operations/list-runs.ts'
import { summariseUsage } from './operations/summarise-usage.ts'

export * from './journal.ts'
export { payloads, runAttempts, runFeedback, runs, runSteps } from './schema.ts'
export * as runsSchema from './schema.ts'

/** Open runs by installation: tests start several in one process. */
const openRuns = new WeakMap<Runtime, OpenRuns>()

export const runsModule = defineModule({
  name: 'runs',
  operations: [listRuns, getRun, getPayload, giveFeedback, summariseUsage],
  endpoints: [exportRuns],
  jobs: [expirePayloads],
  services(runtime) {
    const open = createOpenRuns()
    openRuns.set(runtime, open)
    return { runs: createJournal({ retentionDays: runtime.config.GUILDHALL_PAYLOAD_RETENTION_DAYS, openRuns: open }) }
  },
  start(runtime) {
    const open = openRuns.get(runtime)
    if (open) return keepLeases(runtime, open)
  },
})
