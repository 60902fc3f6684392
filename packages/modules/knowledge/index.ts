import { defineModule } from '@guildhall/kernel'
import { createKnowledge } from './create-knowledge.ts'
import { documentsBucket } from './documents-bucket.ts'
import { embedSource } from './jobs/embed-source.ts'
import { ingestSource } from './jobs/ingest-source.ts'
import { createFillMissingVectors } from './search/fill-missing-vectors.ts'
import { createVectorCache } from './search/vector-cache.ts'

export * from './knowledge.ts'

/** Vectors in the memory of one process, over all tenants. */
const vectorCacheBytes = 256 * 1024 * 1024

/** What a tenant's documents say: read, divided into passages, found by words and by meaning, cited by place. */
export const knowledgeModule = defineModule({
  name: 'knowledge',
  jobs: [ingestSource, embedSource],
  services(runtime) {
    runtime.services.files.registerBucket(documentsBucket)
    return {
      knowledge: createKnowledge({
        cache: createVectorCache(vectorCacheBytes),
        fillMissingVectors: createFillMissingVectors(),
      }),
    }
  },
})
