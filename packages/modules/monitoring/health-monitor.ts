import type { Context, HealthReport } from '@guildhall/kernel'

/** Asks every module how its outside parts are. */
export interface HealthMonitor {
  report(ctx: Context): Promise<HealthReport[]>
  /** Process facts: seconds since start, resident memory in bytes. */
  process(): { uptimeSeconds: number; residentBytes: number; version: string }
}

declare module '@guildhall/kernel' {
  interface Services {
    health: HealthMonitor
  }
}
