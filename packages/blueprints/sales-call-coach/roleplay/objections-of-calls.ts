import { Objection } from '@guildhall/engines/conversation'
import type { Context } from '@guildhall/kernel'
import type { InstalledProject } from '@guildhall/modules/projects'
import { z } from 'zod'
import type { StoredObjection } from './session.ts'

const Stored = z.object({ objections: z.array(Objection) })

export type HeardObjection = StoredObjection & { handling: string; analysedAt: string }

/** What prospects said against buying in the team's latest calls, newest first, no sentence twice. */
export async function objectionsOfCalls(
  ctx: Context,
  project: InstalledProject,
  calls = 60,
): Promise<HeardObjection[]> {
  const { items } = await ctx.transaction(
    (tx) =>
      tx.services.records.list<{ callId?: string; analysedAt?: string; analysis?: unknown }>(tx, {
        projectId: project.id,
        collection: 'call-analyses',
        sort: '-analysedAt',
        limit: calls,
        members: ['callId', 'analysedAt', 'analysis'],
      }),
    { readOnly: true },
  )
  const seen = new Set<string>()
  return items.flatMap((record) => {
    const parsed = Stored.safeParse(record.data.analysis)
    if (!parsed.success) return []
    return parsed.data.objections.flatMap((objection) => {
      const text = objection.quote.text.trim()
      if (seen.has(text.toLowerCase())) return []
      seen.add(text.toLowerCase())
      return [
        {
          kind: objection.kind,
          text,
          callId: record.data.callId ?? null,
          handling: objection.response.handling,
          analysedAt: record.data.analysedAt ?? '',
        },
      ]
    })
  })
}
