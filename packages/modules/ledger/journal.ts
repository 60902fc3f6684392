import type { Database } from '@guildhall/kernel'
import type { SQL } from 'drizzle-orm'
import type { NewUsage } from './ledger.ts'

export interface JournalPeriod {
  tenantId: string
  /** Attempts that began at or after, and before. */
  from: Date
  to: Date
}

/** What the ledger asks the journal of runs, to prove that both say the same. The journal fills this port. */
export interface Journal {
  /**
   * What the attempts of a period come to, as a query of one row per run: `run_id`, `attempts`, `cost_micros` (of known
   * prices), `unpriced`, `tokens_in`, `tokens_out`. A query and not its result, so that the database compares.
   */
  journalTotals(period: JournalPeriod): SQL
  /**
   * Attempts of a period that the ledger has no entry of, at most so many: those of a version that kept no ledger. What
   * was called is not told by an attempt; it counts as `chat`.
   */
  unbooked(db: Database, period: JournalPeriod, limit: number): Promise<NewUsage[]>
  /** Names of agents, as the latest runs know them. */
  agentNames(db: Database, ids: readonly string[]): Promise<ReadonlyMap<string, string>>
}

/** Names of projects, for usage that is told apart by them. */
export interface ProjectNames {
  of(db: Database, ids: readonly string[]): Promise<ReadonlyMap<string, string>>
}

declare module '@guildhall/kernel' {
  interface Services {
    journal: Journal
    projectNames?: ProjectNames
  }
}
