import type { CollectionDefinition } from '@guildhall/modules/projects'

export const trainingMaterials: CollectionDefinition = {
  key: 'training-materials',
  title: 'Training materials',
  singular: 'material',
  description: 'Playbooks and guides. The coach knows and cites them.',
  icon: 'i-lucide-book-open',
  titleMember: 'title',
  defaultSort: 'title',
  schema: {
    type: 'object',
    required: ['title'],
    properties: {
      title: { type: 'string', title: 'Title', minLength: 1, maxLength: 200, 'x-search': true },
      kind: {
        type: 'string',
        title: 'Kind',
        enum: ['playbook', 'guide', 'script', 'case-study', 'other'],
        default: 'guide',
      },
      description: { type: 'string', title: 'Description', maxLength: 4000, 'x-multiline': true, 'x-search': true },
      fileId: { type: 'string', title: 'File', format: 'uuid', 'x-bucket': 'training-materials' },
      sourceId: { type: 'string', title: 'Knowledge source', format: 'uuid' },
    },
    additionalProperties: false,
  },
}
