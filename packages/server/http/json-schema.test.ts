import { expect, it } from 'vitest'
import { z } from 'zod'
import { jsonSchemaOf } from './json-schema.ts'

it('names one type per schema, for clients that know no lists of types', () => {
  const schema = z.object({ type: z.string().nullable(), rows: z.array(z.union([z.string(), z.number()])).default([]) })
  expect(jsonSchemaOf(schema, 'input')).toMatchObject({
    type: 'object',
    properties: {
      type: { anyOf: [{ type: 'string' }, { type: 'null' }] },
      rows: { type: 'array', default: [], items: { anyOf: [{ type: 'string' }, { type: 'number' }] } },
    },
  })
})
