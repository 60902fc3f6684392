import type { CollectionDefinition } from '@guildhall/modules/projects'

export const rolePlays: CollectionDefinition = {
  key: 'role-plays',
  title: 'Role-plays',
  singular: 'role-play',
  description: 'Practice conversations and their scores.',
  icon: 'i-lucide-drama',
  titleMember: 'title',
  defaultSort: '-startedAt',
  schema: {
    type: 'object',
    required: ['title', 'status', 'persona', 'difficulty', 'turns', 'startedAt'],
    properties: {
      title: { type: 'string', title: 'Role-play', maxLength: 300, 'x-search': true },
      rep: { type: 'string', title: 'Rep', maxLength: 200, 'x-search': true },
      status: { type: 'string', title: 'Status', enum: ['running', 'ended'] },
      difficulty: { type: 'string', title: 'Difficulty', enum: ['easy', 'medium', 'hard'] },
      startedAt: { type: 'string', title: 'Date', format: 'date-time' },
      score: { type: ['number', 'null'], title: 'Score', minimum: 0, maximum: 100 },
      persona: { type: 'object', title: 'Prospect' },
      objections: { type: 'array', title: 'Objections in store', items: { type: 'object' } },
      turns: { type: 'array', title: 'Turns', items: { type: 'object' } },
      result: { type: 'object', title: 'Result' },
    },
    additionalProperties: false,
  },
}
