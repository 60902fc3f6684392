import { z } from 'zod'
import { checkInput, EngineInputError, provenanceOf, type Provenance } from '../../contract/index.ts'
import { normalQuantile } from '../../numerics/index.ts'

export const Power = z.object({
  power: z.number().gt(0.5).lt(1).default(0.8).describe('Chance to find an effect of that size'),
  confidence: z.number().gt(0.5).lt(1).default(0.95),
})

/** Units per group that find a difference of two shares (Fleiss, Levin & Paik 2003, eq. 4.14, without correction). */
export function sampleSizeForProportions(
  control: number,
  treatment: number,
  options: z.input<typeof Power> = {},
): { perGroup: number; provenance: Provenance } {
  const share = z.number().min(0).max(1)
  const [p, q] = [checkInput(share, control, 'control'), checkInput(share, treatment, 'treatment')]
  refuseNone(q - p)
  const [zAlpha, zBeta] = quantiles(options)
  const pooled = (p + q) / 2
  const root = zAlpha * Math.sqrt(2 * pooled * (1 - pooled)) + zBeta * Math.sqrt(p * (1 - p) + q * (1 - q))
  return {
    perGroup: Math.ceil((root / (q - p)) ** 2),
    provenance: provenanceOf('stats/sample-size', '1', 1, [control, treatment, options]),
  }
}

/** Units per group that find a difference of two means with a common standard deviation. */
export function sampleSizeForMeans(
  difference: number,
  standardDeviation: number,
  options: z.input<typeof Power> = {},
): { perGroup: number; provenance: Provenance } {
  const effect = checkInput(z.number(), difference, 'difference')
  const spread = checkInput(z.number().positive(), standardDeviation, 'standardDeviation')
  refuseNone(effect / spread)
  const [zAlpha, zBeta] = quantiles(options)
  return {
    perGroup: Math.max(2, Math.ceil(2 * (((zAlpha + zBeta) * spread) / effect) ** 2)),
    provenance: provenanceOf('stats/sample-size', '1', 1, [difference, standardDeviation, options]),
  }
}

function quantiles(options: z.input<typeof Power>): [zAlpha: number, zBeta: number] {
  const { power, confidence } = checkInput(Power, options)
  return [normalQuantile((1 + confidence) / 2), normalQuantile(power)]
}

function refuseNone(effect: number): void {
  // Smaller ones ask for more units than can be counted.
  if (Math.abs(effect) < 1e-7)
    throw new EngineInputError('out-of-range', [
      { field: 'treatment', row: null, message: 'differs too little: no number of units that can be had finds it' },
    ])
}
