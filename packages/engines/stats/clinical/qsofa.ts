import { z } from 'zod'
import { checkInput, provenanceOf, type Provenance } from '../../contract/index.ts'

export const QsofaInput = z.object({
  respirationRate: z.number().min(0).max(100).describe('Breaths per minute'),
  systolicPressure: z.number().min(0).max(350).describe('mmHg'),
  glasgowComaScale: z.int().min(3).max(15),
})

/** Quick sequential organ failure assessment in suspected infection (Singer et al. 2016, Sepsis-3): two or more is positive. */
export function qsofa(input: z.infer<typeof QsofaInput>): { score: number; positive: boolean; provenance: Provenance } {
  const { respirationRate, systolicPressure, glasgowComaScale } = checkInput(QsofaInput, input, 'input')
  const score = Number(respirationRate >= 22) + Number(systolicPressure <= 100) + Number(glasgowComaScale < 15)
  return { score, positive: score >= 2, provenance: provenanceOf('stats/qsofa', '1', 1, [input]) }
}
