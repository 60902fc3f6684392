import type { Context } from '@guildhall/kernel'
import type { InstalledProject } from '@guildhall/modules/projects'
import { computeAnalysis } from '../analysis/compute-analysis.ts'
import { transcriptHash } from '../analysis/read-transcript.ts'
import { analysisRecord, callRecord, repOf, teachCall } from '../analysis/save-call.ts'
import { stableId } from '../stable-id.ts'
import { campaignRows, companyRows, signUpRows } from './companies.ts'
import { generateCall, SCENARIO_IDS } from './generate-call.ts'
import { createRandom } from './random.ts'
import { trainingTexts } from './training.ts'

const dayMs = 86_400_000
/** Calls that the coach can cite; all are in the list. */
const taught = 6

/** A team of three reps with some forty calls, each made from a seed and computed by the same engine as real ones. */
export async function makeSample(ctx: Context, project: InstalledProject, options: { seed: number; days: number }): Promise<void> {
  const now = ctx.now()
  const id = (...key: string[]) => stableId(project.id, 'sample', ...key)
  const companies = companyRows()
  const campaigns = campaignRows(now, options.days)
  await ctx.transaction(async (tx) => {
    const many = (collection: string, rows: { id: string; data: Record<string, unknown>; createdAt?: Date }[]) => tx.services.records.createMany(tx, { projectId: project.id, collection, rows })
    const present = await tx.services.records.get(tx, { projectId: project.id, collection: 'clients', id: id('company', '0') })
    if (present) return
    await many('clients', companies.map((data, at) => ({ id: id('company', String(at)), data })))
    await many('campaigns', campaigns.map((data, at) => ({ id: id('campaign', String(at)), data })))
    await many('sign-ups', signUpRows(now, options.days, options.seed).map((data, at) => ({ id: id('sign-up', String(at)), data: { ...data, campaignId: id('campaign', String(at % campaigns.length)) } })))
    const baseId = project.knowledge['training']
    for (const [at, material] of trainingTexts.entries()) {
      const { text, ...data } = material
      const source = baseId ? await tx.services.knowledge.addText(tx, { baseId, title: material.title, text, key: material.title }) : null
      await many('training-materials', [{ id: id('material', String(at)), data: { ...data, ...(source ? { sourceId: source.id } : {}) } }])
    }
  })
  await sampleCalls(ctx, project, options, id)
}

async function sampleCalls(ctx: Context, project: InstalledProject, options: { seed: number; days: number }, id: (...key: string[]) => string): Promise<void> {
  const now = ctx.now()
  const random = createRandom(options.seed)
  const reps = ['Jonas Reed', 'Mila Santos', 'Priya Nair']
  const difficulties = ['easy', 'medium', 'hard'] as const
  const count = Math.max(8, Math.round((options.days / 90) * 40))
  const companies = companyRows()
  const calls: { id: string; data: Record<string, unknown>; createdAt: Date }[] = []
  const analyses: { id: string; data: Record<string, unknown>; createdAt: Date }[] = []
  const newest: Parameters<typeof teachCall>[2][] = []
  const titles: string[] = []
  for (let at = 0; at < count; at++) {
    const back = options.days - (options.days * at) / count
    const day = new Date(now.getTime() - back * dayMs)
    // Sales teams call on weekdays, between nine and five.
    if (day.getUTCDay() === 0) day.setUTCDate(day.getUTCDate() - 2)
    if (day.getUTCDay() === 6) day.setUTCDate(day.getUTCDate() - 1)
    day.setUTCHours(9 + (at % 8), (at * 17) % 60, 0, 0)
    const rep = reps[at % reps.length] ?? 'Mila Santos'
    const company = companies[at % companies.length]
    const { transcript } = generateCall({
      seed: options.seed * 1000 + at,
      scenario: SCENARIO_IDS[at % SCENARIO_IDS.length] ?? random.pick(SCENARIO_IDS),
      difficulty: difficulties[at % difficulties.length] ?? 'medium',
      rep,
      startedAt: day.toISOString(),
    })
    const title = `${transcript.title ?? 'Call'} · ${String(company?.['name'] ?? '')}`.slice(0, 300)
    const computed = computeAnalysis(transcript)
    const callId = id('call', String(at))
    calls.push({ id: callId, data: callRecord(transcript, { title, rep, clientId: id('company', String(at % companies.length)) }, day), createdAt: day })
    analyses.push({
      id: id('analysis', String(at)),
      data: analysisRecord(callId, title, repOf(transcript) ?? rep, transcriptHash(transcript), { ...computed, language: null }, new Date(day.getTime() + 3_600_000), null),
      createdAt: day,
    })
    if (at >= count - taught) {
      newest.push(transcript)
      titles.push(title)
    }
  }
  await ctx.transaction(async (tx) => {
    if (await tx.services.records.get(tx, { projectId: project.id, collection: 'calls', id: id('call', '0') })) return
    await tx.services.records.createMany(tx, { projectId: project.id, collection: 'calls', rows: calls })
    await tx.services.records.createMany(tx, { projectId: project.id, collection: 'call-analyses', rows: analyses })
  })
  for (const [at, transcript] of newest.entries()) await teachCall(ctx, project, transcript, titles[at] ?? 'Call')
}
