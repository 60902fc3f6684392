import { notFound, type Context } from '@guildhall/kernel'
import type { InstalledProject } from '@guildhall/modules/projects'
import { TranscriptParty, TranscriptTurn, type Transcript } from '@guildhall/standards/transcript'
import { z } from 'zod'

const StoredCall = z.object({
  title: z.string(),
  startedAt: z.string().optional(),
  durationSeconds: z.number().nullable().optional(),
  parties: z.array(TranscriptParty),
  dialog: z.array(TranscriptTurn),
  warnings: z.array(z.string()).optional(),
})

/** @throws Problem 404 */
export async function storedTranscript(
  ctx: Context,
  project: InstalledProject,
  callId: string,
): Promise<{ transcript: Transcript; title: string; createdAt: Date }> {
  const record = await ctx.transaction(
    (tx) => tx.services.records.get(tx, { projectId: project.id, collection: 'calls', id: callId }),
    { readOnly: true },
  )
  if (!record) throw notFound('call', callId)
  const call = StoredCall.parse(record.data)
  return {
    title: call.title,
    createdAt: record.createdAt,
    transcript: {
      title: call.title,
      ...(call.startedAt === undefined ? {} : { startedAt: call.startedAt }),
      ...(typeof call.durationSeconds === 'number' ? { durationSeconds: call.durationSeconds } : {}),
      parties: call.parties,
      turns: call.dialog,
      warnings: call.warnings ?? [],
    },
  }
}

/** The newest analysis of a call; null when there is none. */
export async function storedAnalysis(
  ctx: Context,
  project: InstalledProject,
  callId: string,
): Promise<Record<string, unknown> | null> {
  const { items } = await ctx.transaction(
    (tx) =>
      tx.services.records.list(tx, {
        projectId: project.id,
        collection: 'call-analyses',
        where: { callId: { eq: callId } },
        sort: '-analysedAt',
        limit: 1,
      }),
    { readOnly: true },
  )
  return items[0]?.data ?? null
}
