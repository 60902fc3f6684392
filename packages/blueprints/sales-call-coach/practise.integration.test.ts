import { Problem } from '@guildhall/kernel'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { z } from 'zod'
import { addTrainingMaterial } from './operations/add-training-material.ts'
import { analyzeCall } from './operations/analyze-call.ts'
import { generateImage } from './operations/generate-image.ts'
import { getProgress } from './operations/get-progress.ts'
import { listObjections } from './operations/list-objections.ts'
import { removeTrainingMaterial } from './operations/remove-training-material.ts'
import { roleplay } from './operations/roleplay.ts'
import { searchMarket } from './operations/search-market.ts'
import { demoCallVtt } from './testing/demo-call.ts'
import { startCoach, type CoachRuntime } from './testing/start-coach.ts'

let coach: CoachRuntime
let projectId: string
beforeAll(async () => {
  coach = await startCoach()
  projectId = await coach.install()
}, 60_000)
afterAll(() => coach.stop())
afterEach(() => coach.upstream.reset())

const anything = /[\s\S]*/
const usage = { prompt_tokens: 40, completion_tokens: 9, total_tokens: 49 }
const play = (input: z.input<typeof roleplay.input>) => coach.app.run(roleplay, input, coach.member())
const refused = async (work: Promise<unknown>): Promise<Problem> => {
  const error = await work.catch((thrown: unknown) => thrown)
  if (error instanceof Problem) return error
  throw new Error('expected a problem')
}

describe('a role-play', () => {
  it('before there are calls brings common objections', async () => {
    const begun = await play({ difficulty: 'medium' })
    expect(begun.turns).toEqual([{ speaker: 'prospect', text: 'Hello, Robin speaking.', source: 'calls' }])
    expect(begun.note).toContain('No model plays this prospect')
  })

  it('brings what prospects of the team have said, word for word', async () => {
    await coach.app.run(analyzeCall, { transcript: demoCallVtt }, coach.member())
    const { sessionId } = await play({ difficulty: 'easy', rep: 'Dana Cole' })
    const { turns } = await play({ sessionId, message: 'Hi Robin, this is Dana from Quillsoft. Is now a good time?' })
    expect(turns.at(-1)).toEqual({
      speaker: 'prospect',
      text: 'Honestly, that sounds too expensive for a shop like ours.',
      source: 'calls',
    })
    const after = await play({ sessionId, message: 'I understand. What would it have to bring for you?' })
    expect(after.turns.at(-1)?.text).toContain('What do you propose as the next step?')
  })

  it('ends with a score by the rubric of real calls, evidence in the rep’s own words', async () => {
    const { sessionId } = await play({ difficulty: 'easy', rep: 'Dana Cole' })
    const said = 'Hi Robin, this is Dana from Quillsoft. How do you plan your shifts today?'
    await play({ sessionId, message: said })
    const ended = await play({ sessionId, end: true })
    expect(ended).toMatchObject({ status: 'ended', result: { total: expect.any(Number) } })
    const evidence = ended.result?.criteria.flatMap((criterion) => criterion.evidence) ?? []
    expect(evidence.length).toBeGreaterThan(0)
    for (const { turn, start, end, text } of evidence) expect(ended.turns[turn]?.text.slice(start, end)).toBe(text)
    const [session] = (await coach.records(projectId, 'role-plays')).filter((each) => each.id === sessionId)
    expect(session?.data).toMatchObject({ status: 'ended', score: ended.result?.total, rep: 'Dana Cole' })
    expect((await refused(play({ sessionId, message: 'One more thing' }))).status).toBe(409)
  })

  it('cannot be scored before the rep has spoken', async () => {
    const { sessionId } = await play({})
    expect((await refused(play({ sessionId, end: true }))).errors[0]?.field).toBe('end')
    expect((await refused(play({ sessionId }))).errors[0]?.field).toBe('message')
  })

  it('is nobody else’s', async () => {
    const stranger = coach.app.clients[1]
    await coach.install(stranger)
    const { sessionId } = await play({})
    const problem = await refused(coach.app.run(roleplay, { sessionId, message: 'Hello' }, coach.member(stranger)))
    expect(problem.status).toBe(404)
  })

  it('is played by a model where there is one, which knows the persona and the objections', async () => {
    await coach.connect()
    try {
      coach.upstream.onMessage(anything, { content: 'Robin here. Make it quick, please.', usage })
      const persona = { name: 'Robin', role: 'owner of a bakery', mood: 'in a hurry' }
      const { sessionId, turns, note } = await play({ persona, difficulty: 'easy' })
      expect(turns).toEqual([{ speaker: 'prospect', text: 'Robin here. Make it quick, please.', source: 'model' }])
      expect(note).toBeNull()
      await play({ sessionId, message: 'Of course. How do you plan shifts?' })
      const sent = JSON.stringify(coach.upstream.getRequests().at(-1)?.body)
      expect(sent).toContain('owner of a bakery')
      expect(sent).toContain('too expensive for a shop like ours')
      expect(sent).toContain('How do you plan shifts?')
    } finally {
      await coach.disconnect()
    }
  })
})

const refusedMaterial = (input: z.input<typeof addTrainingMaterial.input>) =>
  refused(coach.app.run(addTrainingMaterial, input, coach.member()))

describe('training materials', () => {
  it('are cited by the market search until they are removed', async () => {
    const text = '# Rival\n\nShiftly charges nine euros for each employee. It has no time clock.'
    const { id } = await coach.app.run(addTrainingMaterial, { title: 'Competitors', text }, coach.member())
    const search = () => coach.app.run(searchMarket, { query: 'What does Shiftly charge?' }, coach.member())
    const found = await vi.waitFor(
      async () => {
        const result = await search()
        expect(result.sources.map(({ title }) => title)).toContain('Competitors')
        return result
      },
      { timeout: 20_000, interval: 100 },
    )
    expect(found).toMatchObject({
      searched: 'knowledge',
      model: 'guildhall/extractive',
      note: expect.stringContaining('No provider searches the web here'),
    })
    expect(found.answer).toContain('nine euros')
    for (const { quote } of found.sources) expect(text).toContain(quote)
    await coach.app.run(removeTrainingMaterial, { id }, coach.member())
    expect((await search()).sources.filter(({ title }) => title === 'Competitors')).toEqual([])
    expect((await refused(coach.app.run(removeTrainingMaterial, { id }, coach.member()))).status).toBe(404)
  })

  it('take a text or a file, not both', async () => {
    expect((await refusedMaterial({ title: 'Nothing' })).errors[0]?.field).toBe('text')
    expect((await refusedMaterial({ title: 'Missing file', fileId: projectId })).errors[0]?.field).toBe('fileId')
  })
})

describe('a market search', () => {
  it('that finds nothing says so and invents nothing', async () => {
    const result = await coach.app.run(searchMarket, { query: 'zebra crossings of Antarctica' }, coach.member())
    expect(result.sources).toEqual([])
    expect(result.answer).toMatch(/no answer/i)
  })
})

describe('a campaign image', () => {
  it('without a provider says what to set up', async () => {
    const problem = await refused(coach.app.run(generateImage, { prompt: 'A quiet front desk' }, coach.member()))
    expect(problem.type).toBe('not-configured')
    expect(problem.message).toMatch(/provider/i)
    expect(problem.status).toBeLessThan(500)
  })
})

describe('the figures of the team', () => {
  it('count objections by kind and how many were missed', async () => {
    const missed = demoCallVtt.replace(
      /I understand, that is a fair point\.[^<]*/,
      'Anyway, let me show you the calendar.',
    )
    await coach.app.run(analyzeCall, { transcript: missed.replaceAll('Dana Cole', 'Kim Frost') }, coach.member())
    const { kinds, examples } = await coach.app.run(listObjections, {}, coach.member())
    expect(kinds).toEqual([{ kind: 'price', count: 2, missed: 1 }])
    expect(examples.map(({ quote }) => quote)).toEqual(['Honestly, that sounds too expensive for a shop like ours.'])
    expect(await coach.app.run(listObjections, { rep: 'Dana Cole' }, coach.member())).toMatchObject({
      kinds: [{ kind: 'price', count: 1, missed: 0 }],
    })
  })

  it('compare each rep with the period before', async () => {
    const progress = await coach.app.run(getProgress, { days: 30 }, coach.member())
    expect(progress.reps.map(({ rep }) => rep)).toEqual(['Dana Cole', 'Kim Frost'])
    expect(progress.reps[0]).toMatchObject({ calls: 1, agreed: 1, talkRatio: 56.7, scoreBefore: null })
    expect(progress.team).toMatchObject({ calls: 2, agreed: 2 })
    expect(progress.teamBefore).toEqual({ calls: 0, score: null, talkRatio: null, agreed: 0 })
  })
})
