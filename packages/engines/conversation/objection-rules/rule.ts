import type { ObjectionKind } from '../objections.ts'

/** What tells an objection of one kind, in the pattern language of phrases.ts (contractions written out). English. */
export type ObjectionRule = {
  kind: ObjectionKind
  /** What the buyer means by it. */
  means: string
  phrases: readonly string[]
  /** More phrases, for a state that is an objection while it lasts, not when it comes back by habit ("Mondays are chaos"). */
  states?: readonly string[]
  /** Words by which a reply shows that it is about this subject. */
  topic: readonly string[]
}
