import type { FoundPassage, Knowledge } from '@guildhall/modules/knowledge'

const notHere = () => Promise.reject(new Error('not part of this test'))

/** A knowledge port whose bases hold these passages; every search finds all of the asked bases, but broken ones fail. */
export function knowledgeOf(bases: Record<string, FoundPassage[] | 'broken'>): Knowledge & { queries: string[] } {
  const queries: string[] = []
  return {
    queries,
    search: async (_ctx, { query, baseIds = Object.keys(bases), limit = 8, run }) => {
      queries.push(query)
      const passages = baseIds.map((id) => bases[id] ?? [])
      if (passages.includes('broken')) throw new Error('the index is broken')
      const found = passages.flatMap((each) => (each === 'broken' ? [] : each)).slice(0, limit)
      await run?.step({ kind: 'retrieval', name: 'search', input: query }, async (step) => step.output(found))
      return found
    },
    existingBases: async (_ctx, ids) => ids.filter((id) => id in bases),
    ensureBase: notHere,
    addFile: notHere,
    addText: notHere,
    removeSource: notHere,
    searchWithMode: notHere,
    removeProjectBases: notHere,
  }
}

/** A passage of a document in a base. */
export function passage(baseId: string, title: string, text: string): FoundPassage {
  const id = crypto.randomUUID()
  return {
    id,
    sourceId: crypto.randomUUID(),
    baseId,
    title,
    headingPath: ['Prices'],
    text,
    locator: { page: 3 },
    score: 1,
    matchedBy: ['text'],
  }
}
