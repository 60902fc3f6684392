import { defineModule } from '@guildhall/kernel'
import { createRecordStore } from './create-record-store.ts'
import { exportRecords } from './endpoints/export-records.ts'
import { reindexCollection } from './jobs/reindex-collection.ts'
import { aggregateRecords } from './operations/aggregate-records.ts'
import { createRecord } from './operations/create-record.ts'
import { getRecord } from './operations/get-record.ts'
import { importRecords } from './operations/import-records.ts'
import { listRecords } from './operations/list-records.ts'
import { listRemovedRecords } from './operations/list-removed.ts'
import { recordHistory } from './operations/record-history.ts'
import { removeRecord } from './operations/remove-record.ts'
import { restoreRecord } from './operations/restore-record.ts'
import { updateRecord } from './operations/update-record.ts'

export * from './collection-source.ts'
export * from './import-report.ts'
export * from './record-store.ts'

/** Records of the collections that a project's blueprint declares. Needs the port `collections`, which projects offers. */
export const recordsModule = defineModule({
  name: 'records',
  operations: [
    listRecords,
    createRecord,
    getRecord,
    updateRecord,
    removeRecord,
    restoreRecord,
    listRemovedRecords,
    recordHistory,
    aggregateRecords,
    importRecords,
  ],
  endpoints: [exportRecords],
  jobs: [reindexCollection],
  services: () => ({ records: createRecordStore() }),
})
