import { job } from '@guildhall/kernel'
import { z } from 'zod'

/** Fills the search index of a collection anew; repeating it gives the same index. */
export const reindexCollection = job({
  name: 'records.reindex',
  payload: z.object({ projectId: z.uuid(), collection: z.string() }),
  async run(of, ctx) {
    await ctx.transaction((tx) => tx.services.records.reindex(tx, of))
  },
})
