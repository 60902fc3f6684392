import type { CollectionDefinition } from '@guildhall/modules/projects'

export const clients: CollectionDefinition = {
  key: 'clients',
  title: 'Prospects and customers',
  singular: 'company',
  description: 'Companies that the team talks to.',
  icon: 'i-lucide-building-2',
  titleMember: 'name',
  defaultSort: 'name',
  schema: {
    type: 'object',
    required: ['name'],
    properties: {
      name: { type: 'string', title: 'Company', minLength: 1, maxLength: 200, 'x-search': true },
      industry: { type: 'string', title: 'Industry', maxLength: 120, 'x-search': true },
      contact: { type: 'string', title: 'Contact', maxLength: 200, 'x-search': true },
      email: { type: 'string', title: 'E-mail', format: 'email' },
      phone: { type: 'string', title: 'Phone', maxLength: 60 },
      stage: {
        type: 'string',
        title: 'Stage',
        enum: ['lead', 'discovery', 'proposal', 'won', 'lost'],
        default: 'lead',
      },
      dealValue: { type: 'number', title: 'Deal value', minimum: 0, 'x-unit': 'USD' },
      notes: { type: 'string', title: 'Notes', maxLength: 20_000, 'x-multiline': true, 'x-search': true },
    },
    additionalProperties: false,
  },
}
