import { notFound } from '@guildhall/kernel'
import type { CollectionDefinition } from '@guildhall/modules/projects'
import type { CollectionSource } from '../collection-source.ts'

/** A collection with a member of each kind. */
export const deals: CollectionDefinition = {
  key: 'deals',
  title: 'Deals',
  singular: 'deal',
  description: 'What is being sold',
  icon: 'i-lucide-handshake',
  titleMember: 'name',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['name'],
    properties: {
      name: { type: 'string', title: 'Deal name', minLength: 1, maxLength: 200, 'x-search': true },
      stage: { type: 'string', enum: ['new', 'won', 'lost'], default: 'new' },
      value: { type: 'number', title: 'Value', minimum: -1_000_000, 'x-unit': 'USD' },
      priority: { type: 'boolean' },
      closesOn: { type: 'string', format: 'date' },
      metAt: { type: 'string', format: 'date-time' },
      tags: { type: 'array', items: { type: 'string' } },
      contact: { type: 'object', properties: { email: { type: 'string', format: 'email' } } },
      notes: { type: 'string', 'x-multiline': true, 'x-search': true },
      rating: { type: ['integer', 'null'], minimum: 1, maximum: 5 },
    },
  },
}

/** Stands in for the project that would declare these collections. */
export function collectionsOf(projectIds: readonly string[], ...definitions: CollectionDefinition[]): CollectionSource {
  return {
    async collection(_ctx, projectId, key) {
      const definition = projectIds.includes(projectId) ? definitions.find((each) => each.key === key) : undefined
      if (!definition) throw notFound('collection', key)
      return definition
    },
  }
}
