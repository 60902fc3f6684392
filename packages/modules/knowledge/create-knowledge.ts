import { addFile, addText, removeSource } from './sources.ts'
import { ensureBase, existingBases, removeProjectBases } from './bases.ts'
import type { Knowledge } from './knowledge.ts'
import { searchKnowledge, type SearchParts } from './search/search-knowledge.ts'

/** The port on the tenant's tables. */
export function createKnowledge(parts: SearchParts): Knowledge {
  return {
    search: async (ctx, request) => (await searchKnowledge(ctx, parts, request)).passages,
    searchWithMode: (ctx, request) => searchKnowledge(ctx, parts, request),
    existingBases: (ctx, ids) => ctx.transaction((tx) => existingBases(tx, ids), { readOnly: true }),
    ensureBase,
    async addFile(ctx, source) {
      const { id } = await addFile(ctx, source)
      return { id }
    },
    async addText(ctx, source) {
      const { id } = await addText(ctx, source)
      return { id }
    },
    async removeSource(ctx, id) {
      await removeSource(ctx, id)
    },
    removeProjectBases,
  }
}
