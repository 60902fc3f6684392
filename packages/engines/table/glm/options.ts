import { z } from 'zod'
import { Folding } from '../cross-validation/folding.ts'

export const GlmOptions = z.strictObject({
  target: z.string().describe('Column to predict'),
  features: z.array(z.string()).min(1).optional().describe('Columns to predict from; all others unless told'),
  family: z
    .enum(['gaussian', 'binomial', 'poisson', 'gamma', 'tweedie'])
    .describe(
      'gaussian: any number; binomial: two classes; poisson: counts; gamma: positive amounts; tweedie: amounts with zeros',
    ),
  power: z.number().gt(1).lt(2).default(1.5).describe('Variance power of the tweedie family'),
  weight: z.string().optional().describe('Column with the weight of each row'),
  exposure: z
    .string()
    .optional()
    .describe(
      'Column with the time or amount at risk, above zero: the mean is proportional to it. Only with a log link',
    ),
  positive: z.string().optional().describe('The class whose probability is told, of a binomial target'),
  lambda: z
    .union([z.number().min(0), z.literal('auto')])
    .default(0)
    .describe('Strength of the elastic net penalty on standardised terms; 0: none; auto: chosen by cross-validation'),
  alpha: z.number().min(0).max(1).default(0.5).describe('Mix of the penalty: 1 lasso, 0 ridge'),
  folding: Folding.prefault({}),
})
export type GlmOptions = z.input<typeof GlmOptions>
