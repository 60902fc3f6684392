import { z } from 'zod'
import { type Provenance, provenanceOf } from '../../contract/index.ts'
import type { Table } from '../columns.ts'
import { normalQuantile } from '../../numerics/index.ts'
import { readOptions } from '../read-options.ts'
import { logRank, type LogRank } from './log-rank.ts'
import { type Outcomes, readOutcomes, readSurvivalGroups } from './outcomes.ts'

export const SurvivalOptions = z.strictObject({
  time: z.string().describe('Column with the time until the event or the end of observation, above zero'),
  event: z
    .string()
    .describe('Column with 1 (or true) when the event happened, 0 (or false) when observation ended before it'),
  group: z.string().optional().describe('Column: a curve for each group, and a test whether they differ'),
  confidence: z.number().gt(0).lt(1).default(0.95).describe('Level of the intervals'),
})
export type SurvivalOptions = z.input<typeof SurvivalOptions>

export interface SurvivalCurve {
  group: string
  rows: number
  events: number
  /** One step per time at which an event happened. */
  steps: {
    time: number
    atRisk: number
    events: number
    /** Share that is still without the event just after this time. */
    survival: number
    /** Greenwood's standard error of it. */
    standardError: number
    /** Bounds of the interval on the scale of log(-log); both are the survival itself when that is 0. */
    low: number
    high: number
  }[]
  /** First time at which half or more have had the event; null when that is not reached. */
  median: number | null
}

/** A product of shares that is a half but for rounding is a half. */
const half = 0.5 + 1e-9

/** Share without the event over time, from times some of which are only known to be longer (Kaplan & Meier 1958). */
export function estimateSurvival(
  table: Table,
  options: SurvivalOptions,
): { curves: SurvivalCurve[]; difference: LogRank | null; provenance: Provenance } {
  const read = readOptions(SurvivalOptions, options)
  const outcomes = readOutcomes(table, read.time, read.event)
  const groups = readSurvivalGroups(table, read.group)
  const z = normalQuantile(0.5 + read.confidence / 2)
  return {
    curves: groups.map(({ name, rows }) => curveOf(name, rows, outcomes, z)),
    difference:
      groups.length > 1
        ? logRank(
            outcomes,
            groups.map(({ rows }) => rows),
          )
        : null,
    provenance: provenanceOf('table/kaplan-meier', '1', 1, [outcomes, groups, read]),
  }
}

function curveOf(group: string, rows: Uint32Array, { times, events }: Outcomes, z: number): SurvivalCurve {
  const order = rows.slice().sort((a, b) => times[a]! - times[b]!)
  const steps: SurvivalCurve['steps'] = []
  let survival = 1
  let greenwood = 0
  for (let at = 0; at < order.length;) {
    const time = times[order[at]!]!
    const atRisk = order.length - at
    let happened = 0
    for (; at < order.length && times[order[at]!] === time; at++) happened += events[order[at]!]!
    if (happened === 0) continue
    survival *= 1 - happened / atRisk
    greenwood += happened === atRisk ? 0 : happened / (atRisk * (atRisk - happened))
    const inner = Math.log(survival)
    const width = survival > 0 ? (z * Math.sqrt(greenwood)) / Math.abs(inner) : 0
    steps.push({
      time,
      atRisk,
      events: happened,
      survival,
      standardError: survival * Math.sqrt(greenwood),
      low: survival > 0 ? Math.exp(inner * Math.exp(width)) : 0,
      high: survival > 0 ? Math.exp(inner * Math.exp(-width)) : 0,
    })
  }
  return {
    group,
    rows: rows.length,
    events: steps.reduce((sum, step) => sum + step.events, 0),
    steps,
    median: steps.find((step) => step.survival <= half)?.time ?? null,
  }
}
