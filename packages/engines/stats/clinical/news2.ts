import { z } from 'zod'
import { checkInput, provenanceOf, type Provenance } from '../../contract/index.ts'
import { refuseUnit, temperatureRange } from './units.ts'

export const Observations = z.object({
  respirationRate: z.number().min(0).max(100).describe('Breaths per minute'),
  oxygenSaturation: z.number().min(0).max(100).describe('SpO2, %'),
  oxygenScale: z
    .union([z.literal(1), z.literal(2)])
    .default(1)
    .describe('2 for a prescribed target of 88-92 % (hypercapnic respiratory failure), decided by a clinician'),
  supplementalOxygen: z.boolean(),
  systolicPressure: z.number().min(0).max(350).describe('mmHg'),
  pulse: z.number().min(0).max(350).describe('Beats per minute'),
  consciousness: z.enum(['alert', 'confusion', 'voice', 'pain', 'unresponsive']).describe('ACVPU; confusion means new'),
  temperature: z.number().describe('Degrees Celsius'),
})
export type Observations = z.input<typeof Observations>

export interface News2 {
  score: number
  /** Points per parameter; they sum to the score. */
  parts: Record<
    | 'respirationRate'
    | 'oxygenSaturation'
    | 'supplementalOxygen'
    | 'systolicPressure'
    | 'pulse'
    | 'consciousness'
    | 'temperature',
    number
  >
  risk: 'low' | 'low-medium' | 'medium' | 'high'
  provenance: Provenance
}

/** National Early Warning Score 2 (Royal College of Physicians 2017), for adults, not in pregnancy. */
export function news2(observations: Observations): News2 {
  const o = checkInput(Observations, observations, 'observations')
  refuseUnit('temperature', o.temperature, temperatureRange, `is ${String(o.temperature)}; give degrees Celsius`)
  const parts = {
    respirationRate: banded(o.respirationRate, [8, 3], [11, 1], [20, 0], [24, 2], [Infinity, 3]),
    oxygenSaturation: saturation(o.oxygenSaturation, o.oxygenScale, o.supplementalOxygen),
    supplementalOxygen: o.supplementalOxygen ? 2 : 0,
    systolicPressure: banded(o.systolicPressure, [90, 3], [100, 2], [110, 1], [219, 0], [Infinity, 3]),
    pulse: banded(o.pulse, [40, 3], [50, 1], [90, 0], [110, 1], [130, 2], [Infinity, 3]),
    consciousness: o.consciousness === 'alert' ? 0 : 3,
    temperature: banded(o.temperature, [35, 3], [36, 1], [38, 0], [39, 1], [Infinity, 2]),
  }
  const points = Object.values(parts)
  const score = points.reduce((sum, each) => sum + each, 0)
  const risk = score >= 7 ? 'high' : score >= 5 ? 'medium' : points.includes(3) ? 'low-medium' : 'low'
  return { score, parts, risk, provenance: provenanceOf('stats/news2', '1', 1, [observations]) }
}

/** Points of the first band whose upper end the value does not pass. */
const banded = (value: number, ...bands: readonly [upTo: number, points: number][]) =>
  bands.find(([upTo]) => value <= upTo)?.[1] ?? 0

function saturation(value: number, scale: 1 | 2, oxygen: boolean): number {
  if (scale === 1) return banded(value, [91, 3], [93, 2], [95, 1], [Infinity, 0])
  const low = banded(value, [83, 3], [85, 2], [87, 1], [Infinity, 0])
  return low > 0 || !oxygen ? low : banded(value, [92, 0], [94, 1], [96, 2], [Infinity, 3])
}
