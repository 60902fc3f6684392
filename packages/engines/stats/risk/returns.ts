import { z } from 'zod'

export const Returns = z
  .array(z.number().gt(-1))
  .min(2)
  .describe('Simple returns per period, oldest first (0.01 = 1 %); above -1')

export const Level = z.number().gt(0.5).lt(1).describe('Confidence level, for instance 0.99')
