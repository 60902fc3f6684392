import { z } from 'zod'
import { checkInput, Provenance, provenanceOf } from '../../contract/index.ts'

const version = '1.0.0'

export const OrderQuantityProblem = z
  .strictObject({
    demand: z.number().positive().describe('Units per year'),
    orderCost: z.number().positive().describe('Of each order'),
    holdingCost: z.number().positive().describe('Of a unit for a year'),
    backorderCost: z
      .number()
      .positive()
      .optional()
      .describe('Of a unit owed for a year; owing is not allowed unless told'),
    productionRate: z
      .number()
      .positive()
      .optional()
      .describe('Units per year while it is produced; all at once unless told'),
  })
  .refine(({ demand, productionRate }) => productionRate === undefined || productionRate > demand, {
    path: ['productionRate'],
    message: 'must be above the demand',
  })
  .describe('How much to order each time under steady demand')
export type OrderQuantityProblem = z.infer<typeof OrderQuantityProblem>

export const OrderQuantity = z.strictObject({
  quantity: z.number(),
  cycle: z.number().describe('Years between orders'),
  backorders: z.number().describe('Units owed at most'),
  cost: z.number().describe('Per year, without the goods'),
  provenance: Provenance,
})
export type OrderQuantity = z.infer<typeof OrderQuantity>

/** Economic order quantity (Harris 1913), with backorders and a finite production rate (Taft 1918). */
export function economicOrderQuantity(input: OrderQuantityProblem): OrderQuantity {
  const problem = checkInput(OrderQuantityProblem, input)
  const { demand, orderCost, holdingCost, backorderCost, productionRate } = problem
  const slope = productionRate === undefined ? 1 : 1 - demand / productionRate
  const patience = backorderCost === undefined ? 1 : backorderCost / (backorderCost + holdingCost)
  // Roots one by one, so that nothing runs over in between.
  const root = Math.SQRT2 * Math.sqrt(orderCost) * Math.sqrt(demand)
  const quantity = root / Math.sqrt(holdingCost) / Math.sqrt(slope * patience)
  return {
    quantity,
    cycle: quantity / demand,
    backorders: quantity * slope * (1 - patience),
    cost: root * Math.sqrt(holdingCost) * Math.sqrt(slope * patience),
    provenance: provenanceOf('solve/order-quantity', version, 1, [problem]),
  }
}
