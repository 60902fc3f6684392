import { z } from 'zod'
import { type Provenance, provenanceOf, type Warning } from '../../contract/index.ts'
import { fault, readCompleteCategories, rowsOf, type Table } from '../columns.ts'
import { ratio } from '../metrics/classification.ts'
import { normalTwoSided } from '../../numerics/index.ts'
import { readOptions } from '../read-options.ts'
import { readBinaryTarget } from '../target.ts'

export const FairnessOptions = z.strictObject({
  group: z.string().describe('Column with the group of each person'),
  decision: z.string().describe('Column with the decision: two classes'),
  favourable: z
    .string()
    .optional()
    .describe('The decision that people want; unless told: 1, true, or the later in the alphabet'),
  outcome: z.string().optional().describe('Column with what was true, in the same two classes; for error rates'),
  reference: z
    .string()
    .optional()
    .describe('Group the others are compared with; unless told the one selected most often'),
})
export type FairnessOptions = z.input<typeof FairnessOptions>

export interface GroupFairness {
  group: string
  rows: number
  /** Share with the favourable decision. */
  selectionRate: number
  /** Selection rate divided by that of the reference group; null when that is zero. */
  impactRatio: number | null
  /** Of the difference of selection rates to the reference group (two-sided z test); null without spread. */
  pValue: number | null
  /** Share of truly favourable cases that were selected (equal opportunity); null without outcome or cases. */
  truePositiveRate: number | null
  /** Share of truly unfavourable cases that were selected. */
  falsePositiveRate: number | null
  /** Share of the selected that were truly favourable. */
  precision: number | null
}

export interface FairnessReport {
  reference: string
  groups: GroupFairness[]
  /** Smallest impact ratio of all groups; below 0.8 is evidence of adverse impact (four-fifths rule: EEOC Uniform Guidelines 1978, 29 CFR 1607.4 D). */
  smallestImpactRatio: number | null
  passesFourFifths: boolean
  /** Largest less smallest selection rate. */
  demographicParityDifference: number
  /** Larger of the spreads of true and false positive rates (equalised odds: Hardt, Price & Srebro 2016); null without outcome. */
  equalisedOddsDifference: number | null
  /** Spread of true positive rates. */
  equalOpportunityDifference: number | null
  provenance: Provenance
}

/** Groups with fewer rows give a warning: their rates say little. */
const fewRows = 30

/** How decisions differ between groups of people. @throws EngineInputError for columns that are absent, missing values, or a single group */
export function evaluateFairness(table: Table, options: FairnessOptions): FairnessReport {
  const read = readOptions(FairnessOptions, options)
  rowsOf(table)
  const { codes, categories } = readCompleteCategories(table, read.group)
  if (categories.length < 2) throw fault('constant', read.group, null, 'has one group; there is nothing to compare')
  const decision = readBinaryTarget(table, read.decision, read.favourable)
  const outcome = read.outcome === undefined ? null : readBinaryTarget(table, read.outcome, decision.classes?.[1])
  const counts = categories.map(() => ({ rows: 0, selected: 0, good: 0, goodSelected: 0 }))
  codes.forEach((code, row) => {
    const count = counts[code]!
    count.rows++
    count.selected += decision.values[row]!
    if (!outcome) return
    count.good += outcome.values[row]!
    count.goodSelected += outcome.values[row]! * decision.values[row]!
  })
  const rateOf = (at: number) => counts[at]!.selected / counts[at]!.rows
  const most = [...categories.keys()].reduce((best, at) => (rateOf(at) > rateOf(best) ? at : best), 0)
  const reference = read.reference === undefined ? most : categories.indexOf(read.reference)
  if (reference < 0)
    throw fault(
      'unknown-name',
      'reference',
      null,
      `"${String(read.reference)}" is not a group; there are: ${categories.join(', ')}`,
    )
  const base = counts[reference]!
  const groups = categories.map((group, at): GroupFairness => {
    const { rows, selected, good, goodSelected } = counts[at]!
    const pooled = (selected + base.selected) / (rows + base.rows)
    const spread = Math.sqrt(pooled * (1 - pooled) * (1 / rows + 1 / base.rows))
    return {
      group,
      rows,
      selectionRate: selected / rows,
      impactRatio: ratio(selected / rows, rateOf(reference)),
      pValue: at === reference || spread === 0 ? null : normalTwoSided((selected / rows - rateOf(reference)) / spread),
      truePositiveRate: outcome && ratio(goodSelected, good),
      falsePositiveRate: outcome && ratio(selected - goodSelected, rows - good),
      precision: outcome && ratio(goodSelected, selected),
    }
  })
  const ratios = groups.map(({ impactRatio }) => impactRatio).filter((each) => each !== null)
  const smallestImpactRatio = ratios.length > 0 ? Math.min(...ratios) : null
  const truePositives = spreadOf(groups.map(({ truePositiveRate }) => truePositiveRate))
  const falsePositives = spreadOf(groups.map(({ falsePositiveRate }) => falsePositiveRate))
  const warnings: Warning[] = groups
    .filter(({ rows }) => rows < fewRows)
    .map(({ group, rows }) => ({
      code: 'small-group',
      message: `${group} has ${String(rows)} rows; its rates say little.`,
    }))
  return {
    reference: categories[reference]!,
    groups,
    smallestImpactRatio,
    passesFourFifths: smallestImpactRatio === null || smallestImpactRatio >= 0.8,
    demographicParityDifference: spreadOf(groups.map(({ selectionRate }) => selectionRate)) ?? 0,
    equalisedOddsDifference:
      truePositives === null && falsePositives === null ? null : Math.max(truePositives ?? 0, falsePositives ?? 0),
    equalOpportunityDifference: truePositives,
    provenance: provenanceOf('table/fairness', '1', 1, [codes, categories, decision, outcome, read], warnings),
  }
}

function spreadOf(rates: readonly (number | null)[]): number | null {
  const known = rates.filter((rate) => rate !== null)
  return known.length < 2 ? null : Math.max(...known) - Math.min(...known)
}
