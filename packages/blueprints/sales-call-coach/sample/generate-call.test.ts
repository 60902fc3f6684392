import { analyseCall, computeMetrics, findObjections, verifyQuote } from '@guildhall/engines/conversation'
import { describe, expect, it } from 'vitest'
import { generateCall, SCENARIO_IDS, type CallRequest, type Difficulty, type Skill } from './generate-call.ts'

const DIFFICULTIES: readonly Difficulty[] = ['easy', 'medium', 'hard']
const SKILLS: readonly Skill[] = ['strong', 'mixed', 'weak']
const requests: CallRequest[] = SCENARIO_IDS.flatMap((scenario) =>
  DIFFICULTIES.flatMap((difficulty) =>
    SKILLS.flatMap((skill) => [1, 2].map((seed) => ({ seed, scenario, difficulty, skill }))),
  ),
)
const named = requests.map(
  (request) => [`${request.scenario} ${request.difficulty} ${request.skill} ${request.seed}`, request] as const,
)

const count = ({ open, closed }: { open: number; closed: number }): { open: number; closed: number } => ({
  open,
  closed,
})

const mean = (skill: Skill): number => {
  const totals = requests
    .filter((request) => request.skill === skill)
    .map((request) => {
      const { transcript } = generateCall(request)
      return analyseCall(transcript).score.total ?? 0
    })
  return totals.reduce((sum, total) => sum + total, 0) / totals.length
}

describe('generateCall', () => {
  it('gives the same call for the same request and another one for another seed', () => {
    const request: CallRequest = { seed: 7, scenario: 'product-demo', difficulty: 'medium' }
    expect(generateCall(request)).toEqual(generateCall(request))
    expect(generateCall(request).transcript.turns).not.toEqual(generateCall({ ...request, seed: 8 }).transcript.turns)
  })

  it('writes thirty calls that do not look the same', () => {
    const calls = Array.from({ length: 30 }, (_, seed) =>
      generateCall({
        seed,
        scenario: SCENARIO_IDS[seed % SCENARIO_IDS.length] ?? 'cold-call',
        difficulty: DIFFICULTIES[seed % 3] ?? 'easy',
      }),
    )
    const openings = new Set(
      calls.map(({ transcript }) =>
        transcript.turns
          .slice(0, 3)
          .map((turn) => turn.text)
          .join(' '),
      ),
    )
    expect(openings.size).toBeGreaterThan(24)
    const sentences = calls.map(({ transcript }) => new Set(transcript.turns.map((turn) => turn.text)))
    for (const [index, one] of sentences.entries())
      for (const other of sentences.slice(index + 1)) {
        const shared = [...one].filter((text) => other.has(text) && text.length > 20).length
        expect(shared / Math.min(one.size, other.size)).toBeLessThan(0.6)
      }
  })

  it('speaks for the seller it is asked to speak for', () => {
    const { transcript } = generateCall({
      seed: 1,
      scenario: 'cold-call',
      difficulty: 'easy',
      skill: 'strong',
      rep: 'Ada Novak',
      client: { company: 'North Light', product: 'Lantern' },
    })
    const text = transcript.turns.map((turn) => turn.text).join(' ')
    expect(text).toContain('this is Ada from North Light')
    expect(text).toContain('Lantern')
    expect(text).not.toContain('Beacon')
  })

  it.each(named)('knows what the engine measures: %s', (_, request) => {
    const { transcript, truth } = generateCall(request)
    const metrics = computeMetrics(transcript)
    const found = findObjections(transcript)
    expect({
      repSeconds: metrics.talkRatio.repSeconds,
      prospectSeconds: metrics.talkRatio.prospectSeconds,
      callSeconds: metrics.seconds,
      longest: metrics.longestMonologue.rep?.seconds,
      switches: metrics.interactivity.switches,
      interruptions: metrics.interruptions?.events.map(({ turn, by }) => ({ turn, by })),
      repQuestions: count(metrics.questions.rep),
      prospectQuestions: count(metrics.questions.prospect),
      fillers: { rep: metrics.fillers.rep.count, prospect: metrics.fillers.prospect.count },
      objections: found.objections.map(({ kind, quote, response }) => ({
        kind,
        turn: quote.turn,
        handling: response.handling,
      })),
      nextStep: metrics.nextStep.status,
    }).toEqual({
      repSeconds: truth.repSeconds,
      prospectSeconds: truth.prospectSeconds,
      callSeconds: truth.callSeconds,
      longest: truth.longestRepMonologueSeconds,
      switches: truth.switches,
      interruptions: truth.interruptions,
      repQuestions: truth.questions.rep,
      prospectQuestions: truth.questions.prospect,
      fillers: truth.fillers,
      objections: truth.objections,
      nextStep: truth.nextStep,
    })
    expect(metrics.patience.medianSeconds).toBeCloseTo(truth.medianPatienceSeconds ?? 0, 2)
    expect(metrics.talkRatio.rep).toBeCloseTo(truth.repSeconds / (truth.repSeconds + truth.prospectSeconds), 6)
    for (const { quote } of found.objections) expect(verifyQuote(transcript, quote.text)).not.toBeNull()
  })

  it('makes calls of strong reps score higher than calls of weak ones', () => {
    expect(mean('strong')).toBeGreaterThan(mean('mixed') + 10)
    expect(mean('mixed')).toBeGreaterThan(mean('weak') + 10)
  })
})
