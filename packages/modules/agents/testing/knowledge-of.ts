import type { FoundPassage, Knowledge } from '@guildhall/modules/knowledge'

/** A knowledge port whose bases hold these passages; every search finds all of the asked bases. */
export function knowledgeOf(bases: Record<string, FoundPassage[]>): Knowledge {
  const notHere = () => Promise.reject(new Error('not part of this test'))
  return {
    search: async (_ctx, { baseIds = Object.keys(bases), limit = 8 }) =>
      baseIds.flatMap((id) => bases[id] ?? []).slice(0, limit),
    existingBases: async (_ctx, ids) => ids.filter((id) => id in bases),
    ensureBase: notHere,
    addFile: notHere,
    addText: notHere,
    removeSource: notHere,
  }
}
