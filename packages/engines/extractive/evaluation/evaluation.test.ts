import { expect, test } from 'vitest'
import { answer, defaultThreshold } from '../index.ts'
import { type EvaluationQuestion, questions, unseenQuestions } from './questions.ts'
import { texts } from './texts.ts'

interface Judged {
  answerable: boolean
  /** The expected sentence is among the quoted ones when nothing is refused. */
  found: boolean
  confidence: number
}

function judge([corpus, question, expected]: EvaluationQuestion): Judged {
  const { citations, confidence } = answer({ question, passages: texts[corpus], threshold: 0 })
  return {
    answerable: expected !== null,
    found: expected !== null && citations.some(({ quote }) => quote.includes(expected)),
    confidence,
  }
}

/** Shares of answerable questions answered rightly and of unanswerable ones refused. */
function accuracy(judged: readonly Judged[], threshold: number): { hits: number; refusals: number } {
  const share = (all: readonly Judged[], right: (one: Judged) => boolean): number =>
    all.filter(right).length / Math.max(all.length, 1)
  return {
    hits: share(
      judged.filter(({ answerable }) => answerable),
      ({ found, confidence }) => found && confidence >= threshold,
    ),
    refusals: share(
      judged.filter(({ answerable }) => !answerable),
      ({ confidence }) => confidence < threshold,
    ),
  }
}

const thresholds = Array.from({ length: 61 }, (_, step) => 0.2 + step / 100)

/** The middle of the best thresholds, so that no single question decides. */
function bestThreshold(judged: readonly Judged[]): number {
  const value = (threshold: number): number => {
    const { hits, refusals } = accuracy(judged, threshold)
    return hits + refusals
  }
  const most = Math.max(...thresholds.map(value))
  const best = thresholds.filter((threshold) => value(threshold) === most)
  return best[Math.floor(best.length / 2)] ?? defaultThreshold
}

const judged = questions.map(judge)

test('a threshold chosen on four fifths of the questions holds on the last fifth', () => {
  const folds = [0, 1, 2, 3, 4].map((fold) => {
    const threshold = bestThreshold(judged.filter((_, index) => index % 5 !== fold))
    return judged.flatMap((one, index) =>
      index % 5 === fold ? [{ ...one, confidence: one.confidence - threshold }] : [],
    )
  })
  const { hits, refusals } = accuracy(folds.flat(), 0)
  expect(hits).toBeGreaterThanOrEqual(0.85)
  expect(refusals).toBeGreaterThanOrEqual(0.85)
})

test('the default threshold is the one that the questions choose', () => {
  expect(questions.length).toBeGreaterThanOrEqual(100)
  expect(Math.abs(bestThreshold(judged) - defaultThreshold)).toBeLessThanOrEqual(0.03)
  const { hits, refusals } = accuracy(judged, defaultThreshold)
  expect(hits).toBeGreaterThanOrEqual(0.9)
  expect(refusals).toBeGreaterThanOrEqual(0.9)
})

test('questions on unseen texts are answered nearly as well', () => {
  const { hits, refusals } = accuracy(unseenQuestions.map(judge), defaultThreshold)
  expect(hits).toBeGreaterThanOrEqual(0.8)
  expect(refusals).toBeGreaterThanOrEqual(0.8)
})
