import { createCatalogue, type Catalogue, type Config, type Module } from '@guildhall/kernel'
import { agentsModule } from '@guildhall/modules/agents'
import { auditModule } from '@guildhall/modules/audit'
import { filesModule } from '@guildhall/modules/files'
import { identityModule } from '@guildhall/modules/identity'
import { knowledgeModule } from '@guildhall/modules/knowledge'
import { ledgerModule } from '@guildhall/modules/ledger'
import { limitsModule } from '@guildhall/modules/limits'
import { monitoringModule } from '@guildhall/modules/monitoring'
import { notificationsModule } from '@guildhall/modules/notifications'
import { projectsModule } from '@guildhall/modules/projects'
import { providersModule } from '@guildhall/modules/providers'
import { recordsModule } from '@guildhall/modules/records'
import { runsModule } from '@guildhall/modules/runs'
import { tenantsModule } from '@guildhall/modules/tenants'
import { salesCallCoach } from '@guildhall/blueprints/sales-call-coach'
import { demoModule } from './demo/demo-module.ts'
import { version } from './version.ts'

/** What the outside must bring for the modules to work. */
export interface Outside {
  authUrl: string
  authSecret: string
  /** Signs links to files. */
  fileKey: string
  eraseTenant: (tenant: { id: string; agencyId: string }) => Promise<void>
}

const blueprints = [salesCallCoach] as const

/** The product: its modules, in the order in which their ports build on each other. */
export function compose(config: Config, outside: Outside): Catalogue {
  const modules: Module[] = [
    notificationsModule,
    identityModule({ authUrl: outside.authUrl, secret: outside.authSecret }),
    tenantsModule({ erase: outside.eraseTenant }),
    auditModule,
    ledgerModule,
    limitsModule,
    runsModule,
    providersModule,
    filesModule({ dataDir: config.filesDir, linkKey: outside.fileKey }),
    knowledgeModule,
    recordsModule,
    agentsModule,
    projectsModule(blueprints),
    monitoringModule({ version }),
    demoModule(),
  ]
  return createCatalogue(modules)
}
