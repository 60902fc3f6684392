import { describe, expect, it } from 'vitest'
import type { RecordSchema } from '@/api/blueprint-types'
import { checkField, formFields, formValues } from './form-fields'

const schema: RecordSchema = {
  type: 'object',
  required: ['name'],
  properties: {
    name: { type: 'string', maxLength: 5 },
    seats: { type: 'integer', minimum: 1 },
    stage: { type: 'string', enum: ['new', 'won'] },
    dueOn: { type: ['string', 'null'], format: 'date' },
    notes: { type: 'string', 'x-multiline': true },
    callId: { type: 'string', 'x-collection': 'calls' },
    tags: { type: 'array', items: { type: 'string' } },
  },
}

describe('a form from a JSON Schema', () => {
  it('chooses a field for each kind of member', () => {
    expect(formFields(schema).map((field) => [field.name, field.kind])).toEqual([
      ['name', 'text'],
      ['seats', 'number'],
      ['stage', 'choice'],
      ['dueOn', 'date'],
      ['notes', 'multiline'],
      ['callId', 'reference'],
      ['tags', 'tags'],
    ])
  })

  it('takes the members that a view names, in its order, and makes a label from a name', () => {
    expect(formFields(schema, ['dueOn', 'name', 'unknown']).map((field) => field.label)).toEqual(['Due on', 'Name'])
  })

  it('says what is wrong before anything is sent', () => {
    const [name, seats] = formFields(schema, ['name', 'seats'])
    if (!name || !seats) throw new Error('fields are missing')
    expect(checkField(name, '')).toBe('is needed')
    expect(checkField(name, 'too long')).toBe('may have at most 5 characters')
    expect(checkField(seats, 0)).toBe('must be at least 1')
    expect(checkField(seats, 1.5)).toBe('must be a whole number')
    expect(checkField(seats, undefined)).toBeUndefined()
  })

  it('leaves empty fields out of a new record and clears them in a change', () => {
    const fields = formFields(schema, ['name', 'seats'])
    expect(formValues(fields, { name: 'Ada', seats: undefined }, false)).toEqual({ name: 'Ada' })
    expect(formValues(fields, { name: 'Ada', seats: undefined }, true)).toEqual({ name: 'Ada', seats: null })
  })
})
