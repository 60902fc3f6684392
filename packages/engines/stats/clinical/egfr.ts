import { z } from 'zod'
import { checkInput, provenanceOf, type Provenance } from '../../contract/index.ts'
import { refuseUnit } from './units.ts'

export const KidneyInput = z.object({
  creatinine: z.number().positive().describe('Serum creatinine in the unit given, standardised to IDMS'),
  unit: z.enum(['mg/dL', 'umol/L']),
  age: z.number().min(18).max(130).describe('Years'),
  sex: z.enum(['female', 'male']),
})

const micromolesPerMilligram = 88.4

/**
 * Glomerular filtration rate from creatinine, without race: CKD-EPI 2021 (Inker et al. 2021).
 * @returns mL/min per 1.73 m2, not rounded, and the category of KDIGO (2012)
 */
export function egfr(input: z.infer<typeof KidneyInput>): {
  egfr: number
  category: 'G1' | 'G2' | 'G3a' | 'G3b' | 'G4' | 'G5'
  provenance: Provenance
} {
  const { creatinine, unit, age, sex } = checkInput(KidneyInput, input, 'input')
  const milligrams = unit === 'mg/dL' ? creatinine : creatinine / micromolesPerMilligram
  refuseUnit('creatinine', milligrams, [0.1, 30], `is ${String(creatinine)} ${unit}; is that the right unit?`)
  const female = sex === 'female'
  const ratio = milligrams / (female ? 0.7 : 0.9)
  const rate =
    142 *
    Math.min(ratio, 1) ** (female ? -0.241 : -0.302) *
    Math.max(ratio, 1) ** -1.2 *
    0.9938 ** age *
    (female ? 1.012 : 1)
  const category =
    rate >= 90 ? 'G1' : rate >= 60 ? 'G2' : rate >= 45 ? 'G3a' : rate >= 30 ? 'G3b' : rate >= 15 ? 'G4' : 'G5'
  return { egfr: rate, category, provenance: provenanceOf('stats/egfr', '2021', 1, [input]) }
}
