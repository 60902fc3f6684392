import { describe, expect, it } from 'vitest'
import { deals } from './testing/deals.ts'
import { checkRecord } from './validate-record.ts'

const errorsOf = (data: Record<string, unknown>) => {
  const checked = checkRecord(deals, data, 'data')
  return checked.ok ? [] : checked.errors
}

describe('a record', () => {
  it('that fits gets the defaults of its schema, and the input stays as it was', () => {
    const input = { name: 'A' }
    expect(checkRecord(deals, input, 'data')).toEqual({ ok: true, data: { name: 'A', stage: 'new' } })
    expect(input).toEqual({ name: 'A' })
  })

  it('may clear a member with null', () => {
    expect(checkRecord(deals, { name: 'A', value: null, rating: null }, 'data')).toEqual({
      ok: true,
      data: { name: 'A', stage: 'new', rating: null },
    })
  })

  it('that does not fit is told each wrong member by its path', () => {
    expect(
      errorsOf({
        stage: 'open',
        value: '5',
        tags: ['a', 1],
        contact: { email: 'x' },
        closesOn: '2026-02-30',
        colour: 'red',
      }),
    ).toEqual(
      expect.arrayContaining([
        { field: 'data.name', message: 'is missing' },
        { field: 'data.stage', message: 'must be one of ["new","won","lost"]' },
        { field: 'data.value', message: 'must be number' },
        { field: 'data.tags.1', message: 'must be string' },
        { field: 'data.contact.email', message: 'must match format "email"' },
        { field: 'data.closesOn', message: 'must match format "date"' },
        { field: 'data.colour', message: 'is not a member of this collection' },
      ]),
    )
  })

  it.each(['__proto__', 'constructor', 'toString'])(
    'does not mistake what objects inherit for the member %s',
    (name) => {
      expect(errorsOf(JSON.parse(`{"name":"A","${name}":{}}`))).toEqual([
        { field: `data.${name}`, message: 'is not a member of this collection' },
      ])
      expect(checkRecord({ ...deals, schema: { ...deals.schema, required: [name] } }, { name: 'A' }, 'data').ok).toBe(
        false,
      )
    },
  )
})
