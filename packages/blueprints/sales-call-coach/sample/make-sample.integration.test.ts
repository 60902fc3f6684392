import { CallMetrics, Objection } from '@guildhall/engines/conversation'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { startCoach, type CoachRuntime } from '../testing/start-coach.ts'
import { generateCall } from './generate-call.ts'
import { makeSample } from './make-sample.ts'
import { planCalls } from './plan-calls.ts'

const options = { seed: 7, days: 90 }
const collections = ['clients', 'training-materials', 'calls', 'call-analyses', 'campaigns', 'sign-ups', 'role-plays']
const Stored = z.object({ metrics: CallMetrics, objections: z.array(Objection) })

let coach: CoachRuntime
let projectId: string
const snapshot = () => Promise.all(collections.map((key) => coach.records(projectId, key)))
beforeAll(async () => {
  coach = await startCoach()
  coach.app.runtime.now = () => new Date('2026-10-14T15:00:00Z')
  projectId = await coach.install()
  await makeSample(coach.context(), await projectOf(), options)
}, 120_000)
afterAll(() => coach.stop())

const projectOf = () => coach.context().services.projects.resolve(coach.context(), 'sales-call-coach', projectId)

describe('the sample', () => {
  it('has calls whose stored figures are the known truth', async () => {
    const plans = planCalls(new Date('2026-10-14T15:00:00Z'), options)
    const analyses = await coach.records(projectId, 'call-analyses')
    expect(analyses).toHaveLength(plans.length)
    const calls = new Map((await coach.records(projectId, 'calls')).map((call) => [call.data['startedAt'], call]))
    for (const { request } of plans) {
      const { truth, transcript } = generateCall(request)
      const call = calls.get(transcript.startedAt)
      const stored = Stored.parse(analyses.find(({ data }) => data['callId'] === call?.id)?.data['analysis'])
      expect({
        repSeconds: stored.metrics.talkRatio.repSeconds,
        seconds: stored.metrics.seconds,
        switches: stored.metrics.interactivity.switches,
        fillers: stored.metrics.fillers.rep.count,
        open: stored.metrics.questions.rep.open,
        nextStep: stored.metrics.nextStep.status,
        objections: stored.objections.map(({ kind, response }) => [kind, response.handling]),
      }).toEqual({
        repSeconds: truth.repSeconds,
        seconds: truth.callSeconds,
        switches: truth.switches,
        fillers: truth.fillers.rep,
        open: truth.questions.rep.open,
        nextStep: truth.nextStep,
        objections: truth.objections.map(({ kind, handling }) => [kind, handling]),
      })
      expect(call?.data).toMatchObject({
        nextStep: truth.nextStep,
        objectionKinds: truth.objections.map(({ kind }) => kind),
      })
    }
  })

  it('has calls with the companies that it lists, in the past and on weekdays', async () => {
    const companies = new Map((await coach.records(projectId, 'clients')).map(({ id, data }) => [id, data['name']]))
    for (const { data } of await coach.records(projectId, 'calls')) {
      expect(data['title']).toContain(companies.get(String(data['clientId'])))
      const at = new Date(String(data['startedAt']))
      expect(at.getTime()).toBeLessThan(Date.parse('2026-10-14T15:00:00Z'))
      expect([1, 2, 3, 4, 5]).toContain(at.getUTCDay())
    }
  })

  it('is the same for the same seed, and adds nothing when it is made again', async () => {
    const before = await snapshot()
    await makeSample(coach.context(), await projectOf(), options)
    expect(await snapshot()).toEqual(before)
  })

  it('is completed when it was cut off', async () => {
    const [call] = await coach.records(projectId, 'calls')
    const before = (await snapshot()).map((rows) => rows.length)
    await coach.context().transaction(async (tx) => {
      await tx.services.records.eraseProject(tx, projectId)
    })
    await makeSample(coach.context(), await projectOf(), options)
    expect((await snapshot()).map((rows) => rows.length)).toEqual(before)
    expect((await coach.records(projectId, 'calls'))[0]?.id).toBe(call?.id)
  })
})
