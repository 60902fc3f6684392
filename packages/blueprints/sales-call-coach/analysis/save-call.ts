import { newId, type Context, type TransactionContext } from '@guildhall/kernel'
import type { InstalledProject } from '@guildhall/modules/projects'
import type { Transcript } from '@guildhall/standards/transcript'
import { buildWebvtt } from '@guildhall/standards/webvtt'
import type { CallAnalysis } from './call-analysis.ts'
import { transcriptHash, transcriptText } from './read-transcript.ts'

export interface CallFacts {
  title: string
  rep?: string | undefined
  clientId?: string | undefined
  campaignId?: string | undefined
  recordingFileId?: string | undefined
}

/** Name of the party who sells, when the transcript tells. */
export function repOf(transcript: Transcript): string | undefined {
  return transcript.parties.find((party) => party.role === 'rep')?.name
}

/** The record of a call; the same transcript again is the same call. */
export async function saveCall(ctx: TransactionContext, project: InstalledProject, transcript: Transcript, facts: CallFacts): Promise<{ id: string; isNew: boolean }> {
  const hash = transcriptHash(transcript)
  const { items } = await ctx.services.records.list(ctx, { projectId: project.id, collection: 'calls', where: { transcriptHash: { eq: hash } }, limit: 1 })
  const [existing] = items
  if (existing) return { id: existing.id, isNew: false }
  const record = await ctx.services.records.create(ctx, { projectId: project.id, collection: 'calls', data: callRecord(transcript, facts, ctx.now()) })
  return { id: record.id, isNew: true }
}

export function callRecord(transcript: Transcript, facts: CallFacts, now: Date): Record<string, unknown> {
  const rep = facts.rep ?? repOf(transcript)
  return {
    title: facts.title,
    startedAt: transcript.startedAt ?? now.toISOString(),
    durationSeconds: transcript.durationSeconds ?? transcript.turns.at(-1)?.end ?? null,
    ...(rep === undefined ? {} : { rep }),
    ...(facts.clientId === undefined ? {} : { clientId: facts.clientId }),
    ...(facts.campaignId === undefined ? {} : { campaignId: facts.campaignId }),
    ...(facts.recordingFileId === undefined ? {} : { recordingFileId: facts.recordingFileId }),
    parties: transcript.parties,
    dialog: transcript.turns,
    transcriptText: transcriptText(transcript),
    transcriptHash: transcriptHash(transcript),
    warnings: transcript.warnings,
  }
}

/** The figures that lists and plots need, beside the whole analysis. */
export function analysisRecord(callId: string, title: string, rep: string | undefined, hash: string, analysis: CallAnalysis, at: Date, runId: string | null): Record<string, unknown> {
  const { metrics, score, objections, language } = analysis
  return {
    title,
    callId,
    analysedAt: at.toISOString(),
    ...(rep === undefined ? {} : { rep }),
    score: score.total,
    talkRatio: metrics.talkRatio.rep === null ? null : Math.round(metrics.talkRatio.rep * 1000) / 10,
    longestMonologueSeconds: metrics.longestMonologue.rep?.seconds ?? null,
    questionsPerHour: metrics.questions.rep.perHour,
    fillersPer100Words: metrics.fillers.rep.per100Words,
    patienceSeconds: metrics.patience.medianSeconds,
    objections: objections.length,
    objectionKinds: [...new Set(objections.map((objection) => objection.kind))].join(', '),
    nextStep: metrics.nextStep.status,
    source: language ? 'model' : 'computed',
    model: language ? `${language.provider}/${language.model}` : null,
    runId,
    transcriptHash: hash,
    summary: language?.summary ?? analysis.computedSummary.join(' '),
    analysis,
  }
}

/** Gives the coach the call to cite, with times where the transcript has them. */
export async function teachCall(ctx: Context, project: InstalledProject, transcript: Transcript, title: string): Promise<void> {
  const baseId = project.knowledge['calls']
  if (!baseId) return
  const timed = transcript.turns.every((turn) => turn.start !== null && turn.end !== null)
  if (!timed) {
    await ctx.transaction((tx) => ctx.services.knowledge.addText(tx, { baseId, title, text: transcriptText(transcript), key: transcriptHash(transcript) }))
    return
  }
  const body = new TextEncoder().encode(buildWebvtt(transcript))
  const name = `${title.replaceAll(/[^\p{L}\p{N} .-]/gu, '').slice(0, 80) || newId()}.vtt`
  const file = await ctx.services.files.save(ctx, { name, bucket: 'call-recordings', body, mediaType: 'text/vtt', projectId: project.id })
  await ctx.transaction((tx) => ctx.services.knowledge.addFile(tx, { baseId, fileId: file.id, title }))
}
