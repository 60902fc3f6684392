import { join } from 'node:path'
import { defineModule, sqlState, type Runtime } from '@guildhall/kernel'
import { createJournal } from './create-journal.ts'
import { exportRuns } from './endpoints/export-runs.ts'
import { expirePayloads } from './jobs/expire-payloads.ts'
import { journal } from './journal-totals.ts'
import { createOpenRuns, keepLeases, type OpenRuns } from './leases.ts'
import { getPayload } from './operations/get-payload.ts'
import { getRun } from './operations/get-run.ts'
import { giveFeedback } from './operations/give-feedback.ts'
import { listRuns } from './operations/list-runs.ts'
import { summariseUsage } from './operations/summarise-usage.ts'

import { openSpool, type Spool } from './spool/open-spool.ts'
import { writeCalls } from './spool/write-calls.ts'

export * from './journal.ts'
export { payloads, runAttempts, runFeedback, runs, runSteps } from './schema.ts'
export * as runsSchema from './schema.ts'

/** By installation: tests start several in one process. */
const started = new WeakMap<Runtime, { openRuns: OpenRuns; spool: Spool }>()

export const runsModule = defineModule({
  name: 'runs',
  operations: [listRuns, getRun, getPayload, giveFeedback, summariseUsage],
  endpoints: [exportRuns],
  jobs: [expirePayloads],
  services(runtime) {
    const { config, log } = runtime
    const retentionDays = config.GUILDHALL_PAYLOAD_RETENTION_DAYS
    const openRuns = createOpenRuns()
    const spool = openSpool({
      folder: join(config.dataDir, 'journal'),
      write: (lines) => writeCalls(runtime, retentionDays, lines),
      // A client that was removed a moment after its call, above all.
      isRefusal: (error) => /^2[23]/.test(sqlState(error) ?? ''),
      log,
    })
    started.set(runtime, { openRuns, spool })
    return { journal, runs: createJournal({ retentionDays, openRuns, spool }) }
  },
  async start(runtime) {
    const parts = started.get(runtime)
    if (!parts) return
    const recovered = await parts.spool.recover()
    if (recovered > 0) runtime.log.info({ calls: recovered }, 'calls of a process that has ended were journaled')
    const stopLeases = await keepLeases(runtime, parts.openRuns)
    return async () => {
      await stopLeases()
      await parts.spool.close()
    }
  },
})
