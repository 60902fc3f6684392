import { newId, type Context, type TransactionContext } from '@guildhall/kernel'
import type { InstalledProject } from '@guildhall/modules/projects'
import type { Transcript } from '@guildhall/standards/transcript'
import { buildWebvtt } from '@guildhall/standards/webvtt'
import type { CallAnalysis } from './call-analysis.ts'
import { transcriptHash, transcriptText } from './read-transcript.ts'

export interface CallFacts {
  title: string
  rep?: string | undefined
  /** Only for a new call: people may have changed that of a known one. */
  outcome?: 'open' | 'next-step' | 'won' | 'lost' | undefined
  clientId?: string | undefined
  campaignId?: string | undefined
  recordingFileId?: string | undefined
}

/** What an analysis is stored with. */
export interface AnalysisFacts {
  callId: string
  title: string
  rep: string | undefined
  transcriptHash: string
  analysis: CallAnalysis
  source: 'model' | 'cached' | 'computed'
  missing: string | null
  at: Date
  runId: string | null
}

/** Name of the party who sells, when the transcript tells; with `sides` also when the engine had to guess. */
export function repOf(transcript: Transcript, sides: Record<string, string> = {}): string | undefined {
  return transcript.parties.find((party) => (party.role ?? sides[party.id]) === 'rep')?.name
}

/** The record of a call; the same transcript again is the same call, brought up to what is now known of it. */
export async function saveCall(
  ctx: TransactionContext,
  project: InstalledProject,
  transcript: Transcript,
  facts: CallFacts,
): Promise<{ id: string; sourceId: string | null }> {
  const address = { projectId: project.id, collection: 'calls' }
  const hash = transcriptHash(transcript)
  const { items } = await ctx.services.records.list<{ sourceId?: string }>(ctx, {
    ...address,
    where: { transcriptHash: { eq: hash } },
    members: ['sourceId'],
    limit: 1,
  })
  const [existing] = items
  if (!existing) {
    const record = await ctx.services.records.create(ctx, {
      ...address,
      data: callRecord(transcript, facts, ctx.now()),
    })
    return { id: record.id, sourceId: null }
  }
  await ctx.services.records.update(ctx, {
    ...address,
    id: existing.id,
    data: { parties: transcript.parties, ...references(transcript, facts) },
  })
  return { id: existing.id, sourceId: existing.data.sourceId ?? null }
}

function references(transcript: Transcript, facts: CallFacts): Record<string, unknown> {
  const rep = facts.rep ?? repOf(transcript)
  return {
    ...(rep === undefined ? {} : { rep }),
    ...(facts.clientId === undefined ? {} : { clientId: facts.clientId }),
    ...(facts.campaignId === undefined ? {} : { campaignId: facts.campaignId }),
    ...(facts.recordingFileId === undefined ? {} : { recordingFileId: facts.recordingFileId }),
  }
}

export function callRecord(transcript: Transcript, facts: CallFacts, now: Date): Record<string, unknown> {
  return {
    title: facts.title,
    startedAt: transcript.startedAt ?? now.toISOString(),
    durationSeconds: transcript.durationSeconds ?? transcript.turns.at(-1)?.end ?? null,
    ...references(transcript, facts),
    ...(facts.outcome === undefined ? {} : { outcome: facts.outcome }),
    parties: transcript.parties,
    dialog: transcript.turns,
    transcriptText: transcriptText(transcript),
    transcriptHash: transcriptHash(transcript),
    warnings: transcript.warnings,
  }
}

/** Stores an analysis and puts its figures on the call. */
export async function saveAnalysis(
  ctx: TransactionContext,
  project: InstalledProject,
  facts: AnalysisFacts,
): Promise<string> {
  const record = await ctx.services.records.create(ctx, {
    projectId: project.id,
    collection: 'call-analyses',
    data: analysisRecord(facts),
  })
  await ctx.services.records.update(ctx, {
    projectId: project.id,
    collection: 'calls',
    id: facts.callId,
    data: callFigures(record.id, facts.analysis),
  })
  return record.id
}

/** The figures of an analysis that stand on its call. */
export function callFigures(analysisId: string, { metrics, score, objections }: CallAnalysis): Record<string, unknown> {
  const missed = objections.filter(
    ({ response }) => response.handling === 'ignored' || response.handling === 'deflected',
  )
  return {
    analysisId,
    score: score.total,
    talkRatio: metrics.words.rep > 0 ? percent(metrics.talkRatio.rep) : null,
    objections: objections.length,
    objectionKinds: objections.map(({ kind }) => kind),
    missedObjectionKinds: missed.map(({ kind }) => kind),
    nextStep: metrics.nextStep.status,
  }
}

/** The figures that lists and plots need, beside the whole analysis. */
export function analysisRecord(facts: AnalysisFacts): Record<string, unknown> {
  const { rep, analysis } = facts
  const { metrics, score, objections, language } = analysis
  return {
    title: facts.title,
    callId: facts.callId,
    analysedAt: facts.at.toISOString(),
    ...(rep === undefined ? {} : { rep }),
    score: score.total,
    talkRatio: metrics.words.rep > 0 ? percent(metrics.talkRatio.rep) : null,
    longestMonologueSeconds: metrics.longestMonologue.rep?.seconds ?? null,
    questionsPerHour: metrics.questions.rep.perHour,
    fillersPer100Words: metrics.fillers.rep.per100Words,
    patienceSeconds: metrics.patience.medianSeconds,
    objections: objections.length,
    objectionKinds: [...new Set(objections.map((objection) => objection.kind))].join(', '),
    nextStep: metrics.nextStep.status,
    source: facts.source,
    missing: facts.missing,
    model: language ? `${language.provider}/${language.model}` : null,
    runId: facts.runId,
    transcriptHash: facts.transcriptHash,
    summary: language?.summary ?? analysis.computedSummary.join(' '),
    analysis,
  }
}

/** A share as percent with one decimal. */
const percent = (share: number): number => Math.round(share * 1000) / 10

/**
 * Gives the coach the call to cite, with times where the transcript has them.
 * @returns the knowledge source; null when the project has no place for calls
 */
export async function teachCall(
  ctx: Context,
  project: InstalledProject,
  transcript: Transcript,
  call: { id: string; title: string },
): Promise<string | null> {
  const baseId = project.knowledge['calls']
  if (!baseId) return null
  const { title } = call
  const remember = async (tx: TransactionContext, sourceId: string): Promise<string> => {
    await tx.services.records.update(tx, {
      projectId: project.id,
      collection: 'calls',
      id: call.id,
      data: { sourceId },
    })
    return sourceId
  }
  const timed = transcript.turns.every((turn) => turn.start !== null && turn.end !== null)
  if (!timed) {
    const text = transcriptText(transcript)
    return ctx.transaction(async (tx) => {
      const source = await tx.services.knowledge.addText(tx, { baseId, title, text, key: transcriptHash(transcript) })
      return remember(tx, source.id)
    })
  }
  const body = new TextEncoder().encode(buildWebvtt(transcript))
  const name = `${title.replaceAll(/[^\p{L}\p{N} .-]/gu, '').slice(0, 80) || newId()}.vtt`
  const file = await ctx.services.files.save(ctx, {
    name,
    bucket: 'call-recordings',
    body,
    mediaType: 'text/vtt',
    projectId: project.id,
  })
  return ctx.transaction(async (tx) => {
    const source = await tx.services.knowledge.addFile(tx, { baseId, fileId: file.id, title })
    return remember(tx, source.id)
  })
}
