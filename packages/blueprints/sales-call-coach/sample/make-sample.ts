import type { Context } from '@guildhall/kernel'
import type { NextStepStatus } from '@guildhall/engines/conversation'
import type { InstalledProject } from '@guildhall/modules/projects'
import { computeAnalysis } from '../analysis/compute-analysis.ts'
import { transcriptHash } from '../analysis/read-transcript.ts'
import { analysisRecord, callFigures, callRecord, repOf, teachCall } from '../analysis/save-call.ts'
import { stableId } from '../stable-id.ts'
import { campaignRows, companyRows, signUpRows } from './companies.ts'
import { generateCall } from './generate-call.ts'
import { planCalls } from './plan-calls.ts'
import { rolePlayRows } from './role-play-rows.ts'
import { trainingTexts } from './training.ts'

const hourMs = 3_600_000
/** Calls that the coach can cite; all are in the list. */
const taught = 6

/** A team of three reps with some sixty calls, each made from a seed and computed by the same engine as real ones. */
export async function makeSample(
  ctx: Context,
  project: InstalledProject,
  options: { seed: number; days: number },
): Promise<void> {
  const now = ctx.now()
  const id = (...key: string[]) => stableId(project.id, 'sample', ...key)
  const companies = companyRows()
  const campaigns = campaignRows(now, options.days)
  await ctx.transaction(async (tx) => {
    const many = (collection: string, rows: { id: string; data: Record<string, unknown>; createdAt?: Date }[]) =>
      tx.services.records.createMany(tx, { projectId: project.id, collection, rows })
    const present = await tx.services.records.get(tx, {
      projectId: project.id,
      collection: 'clients',
      id: id('company', '0'),
    })
    if (present) return
    await many(
      'clients',
      companies.map((data, at) => ({ id: id('company', String(at)), data })),
    )
    await many(
      'campaigns',
      campaigns.map((data, at) => ({ id: id('campaign', String(at)), data })),
    )
    await many(
      'sign-ups',
      signUpRows(now, options.days, options.seed).map((data, at) => ({
        id: id('sign-up', String(at)),
        data: { ...data, campaignId: id('campaign', String(at % campaigns.length)) },
      })),
    )
    await many(
      'role-plays',
      rolePlayRows(now, options).map(({ data, createdAt }, at) => ({
        id: id('role-play', String(at)),
        data: { ...data },
        createdAt,
      })),
    )
    const baseId = project.knowledge['training']
    for (const [at, material] of trainingTexts.entries()) {
      const { text, ...data } = material
      const source = baseId
        ? await tx.services.knowledge.addText(tx, { baseId, title: material.title, text, key: material.title })
        : null
      await many('training-materials', [
        { id: id('material', String(at)), data: { ...data, ...(source ? { sourceId: source.id } : {}) } },
      ])
    }
  })
  await sampleCalls(ctx, project, options, id)
}

async function sampleCalls(
  ctx: Context,
  project: InstalledProject,
  options: { seed: number; days: number },
  id: (...key: string[]) => string,
): Promise<void> {
  const made = planCalls(ctx.now(), options).map((plan, at) => ({
    ...plan,
    id: id('call', String(at)),
    analysisId: id('analysis', String(at)),
    companyId: id('company', String(plan.company)),
    transcript: generateCall(plan.request).transcript,
  }))
  const rows = made.map((call) => {
    const { transcript } = call
    const analysis = { ...computeAnalysis(transcript), language: null }
    const title = transcript.title ?? 'Call'
    const rep = repOf(transcript)
    const facts = {
      title,
      rep,
      clientId: call.companyId,
      outcome: outcomeOf(analysis.metrics.nextStep.status, call.stage),
    }
    return {
      call: {
        id: call.id,
        data: { ...callRecord(transcript, facts, call.at), ...callFigures(call.analysisId, analysis) },
        createdAt: call.at,
      },
      analysis: {
        id: call.analysisId,
        data: analysisRecord({
          callId: call.id,
          title,
          rep,
          transcriptHash: transcriptHash(transcript),
          analysis,
          source: 'computed',
          missing:
            'This call was analysed without a model: a summary and suggestions in words are missing. Enter a provider key under Providers, then analyse the call again.',
          at: new Date(call.at.getTime() + hourMs),
          runId: null,
        }),
        createdAt: call.at,
      },
    }
  })
  await ctx.transaction(async (tx) => {
    const many = (collection: string, some: (typeof rows)[number]['call'][]) =>
      tx.services.records.createMany(tx, { projectId: project.id, collection, rows: some })
    await many(
      'calls',
      rows.map((row) => row.call),
    )
    await many(
      'call-analyses',
      rows.map((row) => row.analysis),
    )
  })
  for (const { transcript, id: callId } of made.slice(-taught))
    await teachCall(ctx, project, transcript, { id: callId, title: transcript.title ?? 'Call' })
}

/** A deal that is decided was decided in the company's last call. */
function outcomeOf(nextStep: NextStepStatus, stage: string | null): 'open' | 'next-step' | 'won' | 'lost' {
  if (stage === 'won' || stage === 'lost') return stage
  return nextStep === 'agreed' || nextStep === 'dated' ? 'next-step' : 'open'
}
