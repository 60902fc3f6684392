import { defineModule } from '@guildhall/kernel'
import { exportAudit } from './endpoints/export-audit.ts'
import { listAuditEvents } from './operations/list-audit-events.ts'

export const auditModule = defineModule({
  name: 'audit',
  operations: [listAuditEvents],
  endpoints: [exportAudit],
})
