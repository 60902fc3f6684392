import type { CollectionDefinition } from '@guildhall/modules/projects'

/** Shaped after vCon (IETF draft-ietf-vcon-vcon-core): parties, dialog as turns with times, attachments by file id. */
export const calls: CollectionDefinition = {
  key: 'calls',
  title: 'Calls',
  singular: 'call',
  description: 'Recorded conversations with their transcript.',
  icon: 'i-lucide-phone-call',
  titleMember: 'title',
  defaultSort: '-startedAt',
  schema: {
    type: 'object',
    required: ['title', 'parties', 'dialog', 'transcriptHash'],
    properties: {
      title: { type: 'string', title: 'Title', minLength: 1, maxLength: 300, 'x-search': true },
      startedAt: { type: 'string', title: 'Date', format: 'date-time' },
      durationSeconds: { type: ['number', 'null'], title: 'Duration', minimum: 0, 'x-unit': 's' },
      rep: { type: 'string', title: 'Rep', maxLength: 200, 'x-search': true },
      clientId: { type: 'string', title: 'Company', format: 'uuid', 'x-collection': 'clients' },
      campaignId: { type: 'string', title: 'Campaign', format: 'uuid', 'x-collection': 'campaigns' },
      outcome: { type: 'string', title: 'Outcome', enum: ['open', 'next-step', 'won', 'lost'], default: 'open' },
      parties: {
        type: 'array',
        title: 'Parties',
        items: {
          type: 'object',
          properties: {
            id: { type: 'string' },
            name: { type: 'string' },
            role: { type: 'string', enum: ['rep', 'prospect', 'other'] },
            email: { type: 'string' },
            tel: { type: 'string' },
          },
          required: ['id'],
        },
      },
      dialog: {
        type: 'array',
        title: 'Dialog',
        items: {
          type: 'object',
          properties: {
            party: { type: 'string' },
            start: { type: ['number', 'null'] },
            end: { type: ['number', 'null'] },
            text: { type: 'string' },
          },
          required: ['party', 'start', 'end', 'text'],
        },
      },
      transcriptText: { type: 'string', title: 'Transcript', 'x-multiline': true, 'x-search': true },
      transcriptHash: { type: 'string', title: 'Fingerprint', maxLength: 64 },
      // Figures of the newest analysis stand on the call, so that lists and plots read one collection.
      analysisId: { type: 'string', title: 'Newest analysis', format: 'uuid', 'x-collection': 'call-analyses' },
      score: { type: ['number', 'null'], title: 'Score', minimum: 0, maximum: 100 },
      talkRatio: {
        type: ['number', 'null'],
        title: 'Talk ratio of the rep',
        minimum: 0,
        maximum: 100,
        'x-unit': '%',
      },
      objections: { type: 'integer', title: 'Objections', minimum: 0 },
      objectionKinds: { type: 'array', title: 'Kinds of objections', items: { type: 'string' } },
      missedObjectionKinds: { type: 'array', title: 'Objections put off or ignored', items: { type: 'string' } },
      nextStep: { type: 'string', title: 'Next step', enum: ['agreed', 'dated', 'undated', 'none'] },
      sourceId: { type: 'string', title: 'Knowledge source', format: 'uuid' },
      recordingFileId: { type: 'string', title: 'Recording', format: 'uuid', 'x-bucket': 'call-recordings' },
      warnings: { type: 'array', title: 'Remarks', items: { type: 'string' } },
    },
    additionalProperties: false,
  },
}
