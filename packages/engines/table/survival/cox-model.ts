import { z } from 'zod'
import { loadModel, ModelVersionError, Provenance, type SavedModel, saveModel } from '../../contract/index.ts'
import { TermSource } from '../glm/design.ts'

const CoxTerm = z.object({
  feature: z.string(),
  level: z.string().nullable().describe('Category, or `missing`; null for the number itself'),
  coefficient: z.number(),
  hazardRatio: z
    .number()
    .nullable()
    .describe(
      'Factor on the hazard per unit, or against the reference level; null beyond the range of numbers: take another unit',
    ),
  standardError: z.number().nullable(),
  pValue: z.number().nullable().describe('Wald test'),
  mean: z.number().describe('Mean of the term in the training rows'),
})
export type CoxTerm = z.infer<typeof CoxTerm>

const CoxModel = z.object({
  time: z.string(),
  event: z.string(),
  sources: z.array(TermSource),
  terms: z.array(CoxTerm),
  baseline: z
    .array(z.object({ time: z.number(), hazard: z.number() }))
    .describe(
      'Cumulative hazard of the average training row (Breslow 1974) after each time at which an event happened',
    ),
  fit: z.object({
    rows: z.int(),
    events: z.int(),
    logLikelihood: z.number(),
    pValue: z.number().describe('Likelihood ratio test of all terms'),
    concordance: z.number().nullable(),
    converged: z.boolean(),
  }),
  provenance: Provenance,
})
/** Proportional hazards: plain JSON already. */
export type CoxModel = z.infer<typeof CoxModel>

export function saveCox(model: CoxModel): SavedModel<CoxModel> {
  return saveModel('table/cox', 1, model)
}

/** @throws ModelVersionError when it was not made by `saveCox`, or by a version that this one cannot read */
export function loadCox(saved: SavedModel): CoxModel {
  const read = CoxModel.safeParse(loadModel(saved, 'table/cox', 1))
  if (!read.success) throw new ModelVersionError('This survival model is damaged. Fit it anew.')
  return read.data
}
