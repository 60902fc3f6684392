import { defineModule } from '@guildhall/kernel'
import { createKnowledge } from './create-knowledge.ts'
import { documentsBucket } from './documents-bucket.ts'
import { embedSource } from './jobs/embed-source.ts'
import { knowledgeHealth } from './health.ts'
import { indexVectors } from './jobs/index-vectors.ts'
import { ingestSource } from './jobs/ingest-source.ts'
import { addSource } from './operations/add-source.ts'
import { createBase } from './operations/create-base.ts'
import { getBase } from './operations/get-base.ts'
import { getSource } from './operations/get-source.ts'
import { listBases } from './operations/list-bases.ts'
import { listSources } from './operations/list-sources.ts'
import { readSource } from './operations/read-source.ts'
import { removeBase } from './operations/remove-base.ts'
import { removeSource } from './operations/remove-source.ts'
import { retrySource } from './operations/retry-source.ts'
import { searchKnowledge } from './operations/search-knowledge.ts'
import { updateBase } from './operations/update-base.ts'
import { createBaseSizes } from './search/base-sizes.ts'
import { createFillMissingVectors } from './search/fill-missing-vectors.ts'
import { createVectorCache } from './search/vector-cache.ts'
import { findVectorIndex } from './search/vector-index.ts'

export * from './knowledge.ts'
export { isRecentVersion, prepareVectorIndex, type PreparedVectorIndex } from './search/prepare-vector-index.ts'

/** Vectors in the memory of one process, over all tenants. */
const vectorCacheBytes = 256 * 1024 * 1024

/** What a tenant's documents say: read, divided into passages, found by words and by meaning, cited by place. */
export const knowledgeModule = defineModule({
  name: 'knowledge',
  operations: [
    listBases,
    createBase,
    getBase,
    updateBase,
    removeBase,
    listSources,
    addSource,
    getSource,
    readSource,
    retrySource,
    removeSource,
    searchKnowledge,
  ],
  jobs: [ingestSource, embedSource, indexVectors],
  async services(runtime) {
    runtime.services.files.registerBucket(documentsBucket)
    // Prepared before the modules start, or not at all while this process runs.
    const index = await runtime.database.within({ tenantId: null, readOnly: true }, findVectorIndex)
    return {
      knowledge: createKnowledge({
        vectors: { cache: createVectorCache(vectorCacheBytes), index, sizes: createBaseSizes() },
        fillMissingVectors: createFillMissingVectors(),
      }),
    }
  },
  health: (_runtime, ctx) => knowledgeHealth(ctx),
})
