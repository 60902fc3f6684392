import { Problem } from '@guildhall/kernel'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { importLocalStorage } from './operations/import-local-storage.ts'
import { demoCallLines } from './testing/demo-call.ts'
import { startCoach, type CoachRuntime } from './testing/start-coach.ts'

let coach: CoachRuntime
let projectId: string
beforeAll(async () => {
  coach = await startCoach()
  projectId = await coach.install()
}, 60_000)
afterAll(() => coach.stop())

const base64 = (text: string) => Buffer.from(text).toString('base64')
const playbook = '# Opening\n\nSay why you call before you ask anything.'
/** As browsers keep it: each list is a string of JSON. */
const dump = {
  clients: JSON.stringify([
    {
      id: 'c1',
      name: 'Hillside Dental',
      contactPerson: 'Ola Berg',
      email: 'ola@hillside.example',
      status: 'Proposal',
      value: '1,200',
    },
    { id: 'c2', name: '' },
    'not an object',
  ]),
  trainingMaterials: JSON.stringify([
    {
      id: 't1',
      title: 'Opening a call',
      type: 'playbook',
      fileName: 'opening.md',
      dataUrl: `data:text/markdown;base64,${base64(playbook)}`,
    },
    { id: 't2', title: 'Damaged', fileName: 'broken.pdf', dataUrl: 'data:application/pdf;base64,JVBERi0xLjQ*' },
    { id: 't3', title: 'Cut off', dataUrl: 'data:text/plain;base64,QUJDR' },
    { id: 't4', title: 'Notes', content: 'Ask for the month, not for the year.' },
    { id: 't5', title: 'Long', description: 'x'.repeat(5000) },
  ]),
  callAnalyses: JSON.stringify([
    {
      id: 'a1',
      clientName: 'Hillside Dental',
      date: '2026-03-02',
      score: 0.72,
      rep: 'Dana Cole',
      summary: 'Went well.',
      transcript: demoCallLines,
    },
    { id: 'a2', title: 'Without words', date: '2026-03-03', overallScore: 64 },
    { id: 'a3', title: 'No date' },
    { id: 'a4', title: 'Broken words', date: '2026-03-04', transcript: '{"vcon": "0.4.0", "parties": [' },
  ]),
  campaigns: JSON.stringify([{ id: 'k1', name: 'Spring', status: 'running', startDate: '2026-04-01', budget: 900 }]),
  signups: JSON.stringify([
    { id: 's1', name: 'Ada', email: 'ada@mail.example' },
    { id: 's2', name: 'No mail' },
  ]),
  theme: 'dark',
}
const run = (dryRun: boolean, of: Record<string, unknown> = dump, tenant = coach.app.clients[0]) =>
  coach.app.run(importLocalStorage, { dump: of, dryRun }, coach.member(tenant))
const collections = ['clients', 'training-materials', 'call-analyses', 'calls', 'campaigns', 'sign-ups']
const counts = async () =>
  Object.fromEntries(
    await Promise.all(collections.map(async (key) => [key, (await coach.records(projectId, key)).length] as const)),
  )
const figures = ({ lists }: Awaited<ReturnType<typeof run>>) =>
  Object.fromEntries(
    lists.map(({ list, read, imported, unchanged, failed }) => [list, [read, imported, unchanged, failed.length]]),
  )

describe('the import of the older application', () => {
  it('first only reports: what would come, what cannot be read and why', async () => {
    const report = await run(true)
    expect(report).toMatchObject({ dryRun: true, ignored: ['theme'] })
    expect(figures(report)).toEqual({
      clients: [3, 1, 0, 2],
      trainingMaterials: [5, 3, 0, 2],
      callAnalyses: [4, 3, 0, 1],
      campaigns: [1, 1, 0, 0],
      signups: [2, 1, 0, 1],
    })
    const reasons = report.lists.flatMap(({ list, failed }) =>
      failed.map(({ position, reason }) => `${list} ${String(position)}: ${reason}`),
    )
    expect(reasons).toEqual([
      'clients 2: is string, not an object',
      'clients 1: name is missing or cannot be read',
      'trainingMaterials 1: its file is damaged: the base64 is cut off or holds other characters',
      'trainingMaterials 2: its file is damaged: the base64 is cut off or holds other characters',
      'callAnalyses 2: date is missing or cannot be read',
      'signups 1: email is missing or cannot be read',
    ])
    const notes = report.lists.flatMap(({ notes: some }) => some.map(({ reason }) => reason))
    expect(notes).toEqual([
      'description has 5000 characters, the first 4000 are kept',
      expect.stringContaining('its transcript cannot be read, so the analysis is kept without the call'),
    ])
    expect(await counts()).toEqual(Object.fromEntries(collections.map((key) => [key, 0])))
  })

  it('then stores what it announced, with files, knowledge and calls computed anew', async () => {
    const announced = figures(await run(true))
    expect(figures(await run(false))).toEqual(announced)
    expect(await counts()).toEqual({
      clients: 1,
      'training-materials': 3,
      'call-analyses': 3,
      calls: 1,
      campaigns: 1,
      'sign-ups': 1,
    })
    const [company] = await coach.records(projectId, 'clients')
    expect(company?.data).toMatchObject({
      name: 'Hillside Dental',
      contact: 'Ola Berg',
      stage: 'proposal',
      dealValue: 1200,
    })
    const [call] = await coach.records(projectId, 'calls')
    expect(call?.data).toMatchObject({
      rep: 'Dana Cole',
      clientId: company?.id,
      objectionKinds: ['price'],
      startedAt: '2026-03-02T00:00:00.000Z',
    })
    const analyses = await coach.records(projectId, 'call-analyses')
    expect(analyses.find(({ data }) => data['callId'] === call?.id)?.data).toMatchObject({
      imported: { summary: 'Went well.' },
      analysis: { metrics: { turns: 10 } },
    })
    expect(analyses.find(({ data }) => data['title'] === 'Without words')?.data).toMatchObject({
      score: 64,
      analysis: {},
    })
    const materials = await coach.records(projectId, 'training-materials')
    const opening = materials.find(({ data }) => data['title'] === 'Opening a call')
    const { bytes } = await coach.context().services.files.read(coach.context(), String(opening?.data['fileId']))
    expect(new TextDecoder().decode(bytes)).toBe(playbook)
    expect(materials.filter(({ data }) => typeof data['sourceId'] === 'string')).toHaveLength(2)
  })

  it('adds nothing the second time', async () => {
    const before = await counts()
    expect(figures(await run(false))).toEqual({
      clients: [3, 0, 1, 2],
      trainingMaterials: [5, 0, 3, 2],
      callAnalyses: [4, 0, 3, 1],
      campaigns: [1, 0, 1, 0],
      signups: [2, 0, 1, 1],
    })
    expect(await counts()).toEqual(before)
  })

  it('gives another client its own records', async () => {
    const stranger = coach.app.clients[1]
    const other = await coach.install(stranger)
    expect(await coach.records(other, 'clients', stranger)).toEqual([])
    expect(figures(await run(false, { clients: dump.clients }, stranger))).toEqual({ clients: [3, 1, 0, 2] })
    expect(await coach.records(other, 'clients', stranger)).toHaveLength(1)
  })

  it.each<[string, Record<string, unknown>, string]>([
    ['nothing that it knows', { theme: 'dark' }, 'holds none of clients'],
    ['nothing at all', {}, 'holds none of clients'],
  ])('refuses a dump that holds %s', async (_, of, message) => {
    const error = await run(true, of).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(Problem)
    expect(error).toMatchObject({ status: 400, errors: [{ field: 'dump', message: expect.stringContaining(message) }] })
  })

  it('survives lists that are none', async () => {
    const report = await run(true, {
      clients: '{"broken',
      campaigns: 7,
      signups: [null, [], { email: { nested: true } }],
    })
    expect(report.lists.map(({ list, failed }) => [list, failed.map(({ reason }) => reason)])).toEqual([
      ['clients', ['clients is not JSON']],
      ['campaigns', ['campaigns is not a list']],
      ['signups', ['is null, not an object', 'is object, not an object', 'name is missing or cannot be read']],
    ])
  })
})
