import { operation } from '@guildhall/kernel'
import { z } from 'zod'
import { collectionPath, Conditions, conditionsOf } from '../record-output.ts'

const Scalar = z.union([z.string(), z.number(), z.boolean()]).nullable()

export const aggregateRecords = operation({
  name: 'records.aggregate',
  summary: 'Count, add up or average records by a member or by day, week or month',
  route: 'POST /projects/{projectId}/collections/{collection}/aggregate',
  permission: 'records:read',
  readOnly: true,
  input: z.object({
    ...collectionPath,
    groupBy: z.string().max(200).optional().describe('Member to group by; left out for one number over all'),
    bucket: z.enum(['day', 'week', 'month']).optional().describe('For members that are dates; weeks start on Monday'),
    measure: z.object({
      function: z.enum(['count', 'sum', 'avg', 'min', 'max']),
      member: z.string().max(200).optional().describe('Member that is a number; not needed for count'),
    }),
    splitBy: z.string().max(200).optional().describe('One series per value of this member'),
    where: Conditions.optional(),
    q: z.string().max(500).optional(),
    timeZone: z
      .string()
      .max(100)
      .optional()
      .describe('IANA time zone in which days begin, `Europe/Berlin`; default UTC'),
  }),
  output: z.object({
    groups: z.array(
      z.object({
        key: Scalar.describe(
          'Value of groupBy, or the first day of the bucket as YYYY-MM-DD; null for records without it',
        ),
        series: Scalar.describe('Value of splitBy'),
        value: z.number().nullable().describe('The measure; null when no record of the group has the measured member'),
        count: z.int().describe('Records in the group'),
      }),
    ),
  }),
  async run({ measure, where, groupBy, bucket, splitBy, q, timeZone, ...of }, ctx) {
    const groups = await ctx.services.records.aggregate(ctx, {
      ...of,
      measure: { function: measure.function, ...(measure.member === undefined ? {} : { member: measure.member }) },
      ...(where === undefined ? {} : { where: conditionsOf(where) }),
      ...(groupBy === undefined ? {} : { groupBy }),
      ...(bucket === undefined ? {} : { bucket }),
      ...(splitBy === undefined ? {} : { splitBy }),
      ...(q === undefined ? {} : { q }),
      ...(timeZone === undefined ? {} : { timeZone }),
    })
    return { groups }
  },
})
