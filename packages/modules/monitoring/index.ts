import { defineModule, type Module } from '@guildhall/kernel'
import { createHealthMonitor } from './create-health-monitor.ts'
import { getHealth } from './operations/get-health.ts'
import { getStatus } from './operations/get-status.ts'

export type { HealthMonitor } from './health-monitor.ts'

export function monitoringModule(options: { version: string }): Module {
  return defineModule({
    name: 'monitoring',
    operations: [getHealth, getStatus],
    services: (runtime) => ({ health: createHealthMonitor(runtime, options.version) }),
  })
}
