import type { CollectionDefinition } from '@guildhall/modules/projects'

export const campaigns: CollectionDefinition = {
  key: 'campaigns',
  title: 'Campaigns',
  singular: 'campaign',
  description: 'Waves of outreach with their message and goal.',
  icon: 'i-lucide-megaphone',
  titleMember: 'name',
  defaultSort: '-startDate',
  schema: {
    type: 'object',
    required: ['name'],
    properties: {
      name: { type: 'string', title: 'Campaign', minLength: 1, maxLength: 200, 'x-search': true },
      status: { type: 'string', title: 'Status', enum: ['draft', 'running', 'paused', 'done'], default: 'draft' },
      channel: {
        type: 'string',
        title: 'Channel',
        enum: ['phone', 'e-mail', 'event', 'social', 'mixed'],
        default: 'phone',
      },
      startDate: { type: 'string', title: 'Start', format: 'date' },
      endDate: { type: 'string', title: 'End', format: 'date' },
      audience: { type: 'string', title: 'Audience', maxLength: 2000, 'x-search': true },
      message: { type: 'string', title: 'Message', maxLength: 10_000, 'x-multiline': true, 'x-search': true },
      goal: { type: 'integer', title: 'Goal (sign-ups)', minimum: 0 },
      budget: { type: 'number', title: 'Budget', minimum: 0, 'x-unit': 'USD' },
      imageFileId: { type: 'string', title: 'Image', format: 'uuid', 'x-bucket': 'campaign-images' },
    },
    additionalProperties: false,
  },
}
