import type { Context, TransactionContext } from '@guildhall/kernel'
import type { InstalledProject } from '@guildhall/modules/projects'
import { computeAnalysis } from '../analysis/compute-analysis.ts'
import { transcriptHash } from '../analysis/read-transcript.ts'
import { analysisRecord, callFigures, callRecord, repOf, teachCall } from '../analysis/save-call.ts'
import { stableId } from '../stable-id.ts'
import { EntryError } from './entry-error.ts'
import type { MappedRecord } from './map-item.ts'
import { readDataUrl } from './read-dump.ts'

/** Ends a dry run's transaction without leaving anything: the very same checks ran. */
class DryRun extends Error {}

/**
 * Stores an entry with its file and its call.
 * @returns whether it is new; in a dry run whether it would be
 * @throws EntryError, Problem or ConversationError saying why it cannot be stored
 */
export async function importEntry(
  ctx: Context,
  project: InstalledProject,
  id: string,
  mapped: MappedRecord,
  dryRun: boolean,
): Promise<boolean> {
  const address = { projectId: project.id, collection: mapped.collection, id }
  if (await ctx.transaction((tx) => tx.services.records.get(tx, address), { readOnly: true })) return false
  if (mapped.transcript) return importCall(ctx, project, id, mapped, dryRun)
  const file = mapped.file ? { ...readDataUrl(mapped.file.url), name: mapped.file.name } : null
  const { maxBytes } = ctx.services.files.bucket('training-materials')
  if (file && file.bytes.length > maxBytes)
    throw new EntryError(`its file has ${String(file.bytes.length)} bytes, at most ${String(maxBytes)} are allowed`)
  const store = async (tx: TransactionContext, fileId: string | null) => {
    const source = await teachMaterial(tx, project, mapped, fileId)
    await tx.services.records.create(tx, {
      ...address,
      data: { ...mapped.data, ...(fileId === null ? {} : { fileId }), ...(source ? { sourceId: source.id } : {}) },
    })
  }
  if (!file || dryRun) await transact(ctx, dryRun, (tx) => store(tx, null))
  else
    await ctx.services.files.save(
      ctx,
      {
        name: file.name,
        bucket: 'training-materials',
        body: file.bytes,
        mediaType: file.mediaType,
        projectId: project.id,
      },
      (tx, saved) => store(tx, saved.id),
    )
  return true
}

async function teachMaterial(
  tx: TransactionContext,
  project: InstalledProject,
  mapped: MappedRecord,
  fileId: string | null,
): Promise<{ id: string } | null> {
  const baseId = project.knowledge['training']
  if (baseId === undefined || mapped.collection !== 'training-materials') return null
  const title = String(mapped.data['title'])
  if (fileId !== null) return tx.services.knowledge.addFile(tx, { baseId, fileId, title })
  return mapped.text === undefined ? null : tx.services.knowledge.addText(tx, { baseId, title, text: mapped.text })
}

/** An analysis whose transcript was kept: the call is computed anew, the older application's own words stay beside it. */
async function importCall(
  ctx: Context,
  project: InstalledProject,
  id: string,
  mapped: MappedRecord,
  dryRun: boolean,
): Promise<boolean> {
  const { transcript, data } = mapped
  if (!transcript) return false
  const callId = stableId(id, 'call')
  const analysis = { ...computeAnalysis(transcript), language: null }
  const title = String(data['title'])
  const rep = typeof data['rep'] === 'string' ? data['rep'] : repOf(transcript, analysis.metrics.sides)
  const at = new Date(String(data['analysedAt']))
  const rows = (collection: string, row: { id: string; data: Record<string, unknown> }) => ({
    projectId: project.id,
    collection,
    ...row,
  })
  await transact(ctx, dryRun, async (tx) => {
    const call = callRecord(
      { startedAt: at.toISOString(), ...transcript },
      { title, rep, clientId: mapped.clientId },
      at,
    )
    await tx.services.records.create(tx, rows('calls', { id: callId, data: { ...call, ...callFigures(id, analysis) } }))
    const record = analysisRecord({
      callId,
      title,
      rep,
      transcriptHash: transcriptHash(transcript),
      analysis,
      source: 'computed',
      missing: 'Imported from the older application and computed anew: analyse the call again to add words by a model.',
      at,
      runId: null,
    })
    await tx.services.records.create(tx, rows('call-analyses', { id, data: { ...record, imported: data['imported'] } }))
  })
  if (!dryRun) await teachCall(ctx, project, transcript, { id: callId, title })
  return true
}

async function transact(ctx: Context, dryRun: boolean, work: (tx: TransactionContext) => Promise<void>): Promise<void> {
  try {
    await ctx.transaction(async (tx) => {
      await work(tx)
      if (dryRun) throw new DryRun()
    })
  } catch (error) {
    if (!(error instanceof DryRun)) throw error
  }
}
