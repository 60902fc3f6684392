/**
 * Merges ranked lists of ids into one (G. Cormack, C. Clarke and S. Büttcher, "Reciprocal Rank Fusion Outperforms Condorcet and Individual Rank
 * Learning Methods", SIGIR 2009): each list adds 1 / (k + rank), rank counted from 1. Needs no comparable scores. Best first; ties keep the order
 * of first appearance.
 *
 * @param lists each best first, without repeated ids
 */
export function reciprocalRankFusion(lists: readonly (readonly string[])[], k = 60): { id: string; score: number }[] {
  const scores = new Map<string, number>()
  for (const list of lists) {
    for (const [index, id] of list.entries()) scores.set(id, (scores.get(id) ?? 0) + 1 / (k + index + 1))
  }
  return [...scores].map(([id, score]) => ({ id, score })).sort((a, b) => b.score - a.score)
}
