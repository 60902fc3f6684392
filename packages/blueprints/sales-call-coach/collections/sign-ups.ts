import type { CollectionDefinition } from '@guildhall/modules/projects'

export const signUps: CollectionDefinition = {
  key: 'sign-ups',
  title: 'Sign-ups',
  singular: 'sign-up',
  description: 'People who asked to hear more.',
  icon: 'i-lucide-user-plus',
  titleMember: 'name',
  defaultSort: '-signedUpAt',
  schema: {
    type: 'object',
    required: ['name', 'email'],
    properties: {
      name: { type: 'string', title: 'Name', minLength: 1, maxLength: 200, 'x-search': true },
      email: { type: 'string', title: 'E-mail', format: 'email', 'x-search': true },
      company: { type: 'string', title: 'Company', maxLength: 200, 'x-search': true },
      campaignId: { type: 'string', title: 'Campaign', format: 'uuid', 'x-collection': 'campaigns' },
      status: {
        type: 'string',
        title: 'Status',
        enum: ['new', 'contacted', 'qualified', 'customer', 'lost'],
        default: 'new',
      },
      signedUpAt: { type: 'string', title: 'Date', format: 'date-time' },
      avatarFileId: { type: 'string', title: 'Picture', format: 'uuid', 'x-bucket': 'user-avatars' },
    },
    additionalProperties: false,
  },
}
