import { defineModule, type Module } from '@guildhall/kernel'
import { archiveClient } from './operations/archive-client.ts'
import { createClient } from './operations/create-client.ts'
import { eraseClient } from './operations/erase-client.ts'
import { getClient } from './operations/get-client.ts'
import { getSettings } from './operations/get-settings.ts'
import { listClients } from './operations/list-clients.ts'
import { showAgencyOverview } from './operations/show-agency-overview.ts'
import { showClientOverview } from './operations/show-client-overview.ts'
import { unarchiveClient } from './operations/unarchive-client.ts'
import { updateClient } from './operations/update-client.ts'
import { updateSettings } from './operations/update-settings.ts'
import type { TenantEraser } from './tenant-eraser.ts'

export type { TenantEraser } from './tenant-eraser.ts'
export { createClient } from './operations/create-client.ts'

/** The agency and its clients: taking one on, its look, its numbers, its end. */
export function tenantsModule(eraser: TenantEraser): Module {
  return defineModule({
    name: 'tenants',
    operations: [
      listClients,
      createClient,
      getClient,
      updateClient,
      archiveClient,
      unarchiveClient,
      eraseClient,
      getSettings,
      updateSettings,
      showAgencyOverview,
      showClientOverview,
    ],
    services: (runtime) => ({
      tenantEraser: {
        async erase(tenant) {
          await eraser.erase(tenant)
          runtime.vaults.forget(tenant.id)
        },
      },
    }),
  })
}
