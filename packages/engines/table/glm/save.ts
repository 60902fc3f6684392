import { z } from 'zod'
import { loadModel, ModelVersionError, Provenance, type SavedModel, saveModel } from '../../contract/index.ts'
import { TermSource } from './design.ts'
import type { GlmModel } from './model.ts'

const engine = 'table/glm'
const modelVersion = 1

const Contents: z.ZodType<GlmModel> = z.object({
  family: z.enum(['gaussian', 'binomial', 'poisson', 'gamma', 'tweedie']),
  power: z.number(),
  link: z.enum(['identity', 'log', 'logit']),
  target: z.string(),
  classes: z.array(z.string()).nullable(),
  exposure: z.string().nullable(),
  sources: z.array(TermSource),
  intercept: z.object({ coefficient: z.number(), standardError: z.number().nullable() }),
  terms: z.array(
    z.object({
      feature: z.string(),
      level: z.string().nullable(),
      coefficient: z.number(),
      relativity: z.number().nullable(),
      standardError: z.number().nullable(),
      pValue: z.number().nullable(),
      mean: z.number(),
    }),
  ),
  penalty: z.object({ lambda: z.number(), alpha: z.number(), chosen: z.enum(['given', 'cross-validation']) }),
  fit: z.object({
    rows: z.int(),
    deviance: z.number(),
    nullDeviance: z.number(),
    dispersion: z.number(),
    degreesOfFreedom: z.int(),
    converged: z.boolean(),
  }),
  provenance: Provenance,
})

export function saveGlm(model: GlmModel): SavedModel<GlmModel> {
  return saveModel(engine, modelVersion, model)
}

/** @throws ModelVersionError when it was not made by `saveGlm`, or by a version that this one cannot read */
export function loadGlm(saved: SavedModel): GlmModel {
  const read = Contents.safeParse(loadModel(saved, engine, modelVersion))
  if (!read.success)
    throw new ModelVersionError(
      `This model is damaged at ${read.error.issues[0]?.path.join('.') ?? 'its root'}. Fit it anew.`,
    )
  return read.data
}
