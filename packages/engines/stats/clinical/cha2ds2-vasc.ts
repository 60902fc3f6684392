import { z } from 'zod'
import { checkInput, provenanceOf, type Provenance } from '../../contract/index.ts'

export const StrokeRiskInput = z.object({
  age: z.number().min(18).max(130).describe('Years'),
  sex: z.enum(['female', 'male']),
  heartFailure: z.boolean().describe('Congestive heart failure or left ventricular dysfunction'),
  hypertension: z.boolean(),
  diabetes: z.boolean(),
  stroke: z.boolean().describe('Earlier stroke, transient ischaemic attack or thromboembolism'),
  vascularDisease: z.boolean().describe('Earlier myocardial infarction, peripheral artery disease or aortic plaque'),
})

/** CHA2DS2-VASc, stroke risk in atrial fibrillation (Lip et al. 2010), 0 to 9. */
export function cha2ds2Vasc(input: z.infer<typeof StrokeRiskInput>): {
  score: number
  parts: Record<string, number>
  provenance: Provenance
} {
  const of = checkInput(StrokeRiskInput, input, 'input')
  const parts = {
    heartFailure: Number(of.heartFailure),
    hypertension: Number(of.hypertension),
    age: of.age >= 75 ? 2 : of.age >= 65 ? 1 : 0,
    diabetes: Number(of.diabetes),
    stroke: of.stroke ? 2 : 0,
    vascularDisease: Number(of.vascularDisease),
    sex: of.sex === 'female' ? 1 : 0,
  }
  const score = Object.values(parts).reduce((sum, each) => sum + each, 0)
  return { score, parts, provenance: provenanceOf('stats/cha2ds2-vasc', '1', 1, [input]) }
}
