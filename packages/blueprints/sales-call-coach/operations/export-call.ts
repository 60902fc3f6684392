import { Id, invalidInput, operation } from '@guildhall/kernel'
import { TranscriptError, type Transcript } from '@guildhall/standards/transcript'
import { buildVcon } from '@guildhall/standards/vcon'
import { buildWebvtt } from '@guildhall/standards/webvtt'
import { z } from 'zod'
import { storedAnalysis, storedTranscript } from '../analysis/stored-call.ts'
import { blueprintId } from '../blueprint-id.ts'
import { stableId } from '../stable-id.ts'

export const exportCall = operation({
  name: 'coach.export-call',
  summary: 'A call as vCon with its newest analysis, as WebVTT captions, or as a CSV of its turns',
  route: 'GET /coach/calls/{id}/export',
  permission: 'records:read',
  tenant: 'client',
  external: true,
  input: z.object({
    projectId: Id.optional(),
    id: Id.describe('Call'),
    format: z.enum(['vcon', 'vtt', 'csv']).default('vcon'),
  }),
  output: z.object({ filename: z.string(), mediaType: z.string(), content: z.string() }),
  async run({ projectId, id, format }, ctx) {
    const project = await ctx.services.projects.resolve(ctx, blueprintId, projectId)
    const { transcript, title, createdAt } = await storedTranscript(ctx, project, id)
    const name =
      title
        .replaceAll(/[^\p{L}\p{N} .-]/gu, '')
        .trim()
        .slice(0, 80) || 'call'
    switch (format) {
      case 'vtt':
        return { filename: `${name}.vtt`, mediaType: 'text/vtt', content: captionsOf(transcript) }
      case 'csv':
        return { filename: `${name}.csv`, mediaType: 'text/csv', content: turnsCsv(transcript) }
      case 'vcon': {
        const analysis = await storedAnalysis(ctx, project, id)
        const vcon = buildVcon(transcript, {
          // A vCon of its own: the call's id names a record, and a vCon made twice of it is the same one.
          uuid: stableId('vcon', id),
          createdAt: createdAt.toISOString(),
          ...(analysis
            ? {
                analysis: [
                  {
                    type: 'report',
                    dialog: 0,
                    vendor: 'guildhall',
                    product: 'sales-call-coach',
                    mediatype: 'application/json',
                    encoding: 'json' as const,
                    body: analysis,
                  },
                ],
              }
            : {}),
        })
        return {
          filename: `${name}.vcon.json`,
          mediaType: 'application/vcon+json',
          content: JSON.stringify(vcon, null, 2),
        }
      }
    }
  },
})

/** @throws Problem 400 naming `format` when the transcript has no times */
function captionsOf(transcript: Transcript): string {
  try {
    return buildWebvtt(transcript)
  } catch (error) {
    if (error instanceof TranscriptError) throw invalidInput([{ field: 'format', message: error.message }])
    throw error
  }
}

function turnsCsv({ parties, turns }: Transcript): string {
  const names = new Map(parties.map(({ id, name, role }) => [id, name ?? role ?? id]))
  const rows = turns.map(({ party, start, end, text }) => [
    String(start ?? ''),
    String(end ?? ''),
    names.get(party) ?? party,
    text,
  ])
  return [['start', 'end', 'speaker', 'text'], ...rows].map((row) => `${row.map(csvField).join(',')}\r\n`).join('')
}

/** RFC 4180; what a spreadsheet would run as a formula is made text with an apostrophe (CWE-1236). */
function csvField(value: string): string {
  const safe = /^[=+\-@\t\r]/.test(value) && !/^-?\d+(\.\d+)?$/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
