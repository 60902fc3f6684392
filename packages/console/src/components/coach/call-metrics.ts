import type { Benchmark, CallMetrics, Passage } from '../../api/coach-types'
import { formatClock, formatDecimal } from '../../format/number'

/** One measure of a call as a person reads it. */
export interface MetricCard {
  key: string
  label: string
  icon: string
  /** Null where the transcript cannot tell. */
  value: string | null
  unit: string
  /** What the figure says in plain words. */
  meaning: string
  /** A published figure to compare with, in the unit that is shown. */
  benchmark: {
    low: number | null
    high: number | null
    value: number
    top: number
    text: string
    meaning: string
    source: string
  } | null
  /** Where in the transcript it shows. */
  places: Pick<Passage, 'turn' | 'start' | 'end'>[]
}

const one = (value: number) => formatDecimal(value, 1)
const whole = (value: number) => formatDecimal(value, 0)
const times = (count: number) => (count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`)
const noTimes = 'The transcript has no times of turns, so this cannot be measured.'

/** The measures in the order in which they are read: who talked, how they listened, how it ended. */
export function metricCards(metrics: CallMetrics, rep: string): MetricCard[] {
  const {
    talkRatio,
    longestMonologue,
    interactivity,
    interruptions,
    questions,
    fillers,
    patience,
    wordsPerMinute,
    silence,
  } = metrics
  const monologue = longestMonologue.rep
  const talkPercent = talkRatio.rep * 100
  const topFillers = Object.entries(fillers.rep.byWord)
    .toSorted((a, b) => b[1] - a[1])
    .slice(0, 3)
  return [
    card('talk-ratio', 'Talk ratio', 'i-lucide-messages-square', one(talkPercent), '%', {
      meaning: `${rep} spoke ${one(talkPercent)}% of the ${talkRatio.basis === 'words' ? 'words' : 'time'}.${talkRatio.basis === 'start-times' ? ' Estimated: the transcript has no end times.' : ''}`,
      benchmark: compare(talkRatio.benchmark, talkPercent, 100, '%', 100),
    }),
    card(
      'monologue',
      'Longest monologue',
      'i-lucide-mic',
      monologue ? (monologue.seconds === null ? whole(monologue.words) : formatClock(monologue.seconds)) : null,
      monologue?.seconds === null ? 'words' : 'min',
      {
        meaning: monologue
          ? `The longest stretch of ${rep} without the other side taking over, ${whole(monologue.words)} words.`
          : `${rep} said nothing.`,
        places: monologue ? turnsFrom(monologue.turn, monologue.lastTurn) : [],
      },
    ),
    card('questions', 'Questions', 'i-lucide-circle-question-mark', whole(questions.rep.count), '', {
      meaning: `${questions.rep.open} open, ${questions.rep.closed} closed. Open ones ask for an account, closed ones for yes, no or a fact.`,
      benchmark: compare(questions.benchmark, questions.rep.count, 1, '', 20),
      places: questions.rep.asked,
    }),
    card(
      'patience',
      'Patience',
      'i-lucide-hourglass',
      patience.medianSeconds === null ? null : patience.medianSeconds.toFixed(1),
      's',
      {
        meaning:
          patience.medianSeconds === null
            ? patience.samples === 0 && metrics.talkRatio.basis === 'time'
              ? `${rep} never took over from the other side.`
              : noTimes
            : `Half of the time ${rep} waited longer than this before answering.`,
        benchmark:
          patience.medianSeconds === null ? null : compare(patience.benchmark, patience.medianSeconds, 1, 's', 2),
      },
    ),
    card(
      'interruptions',
      'Interruptions',
      'i-lucide-scissors',
      interruptions ? whole(interruptions.byRep) : null,
      'by the rep',
      {
        meaning: interruptions
          ? `The other side cut in ${times(interruptions.byProspect)}. Overlaps up to ${one(interruptions.thresholdSeconds)} s are ordinary and do not count.`
          : noTimes,
        places:
          interruptions?.events
            .filter((event) => event.by === 'rep')
            .map((event) => ({ turn: event.turn, start: 0, end: Number.MAX_SAFE_INTEGER })) ?? [],
      },
    ),
    card(
      'interactivity',
      'Interactivity',
      'i-lucide-arrow-left-right',
      interactivity.perMinute === null ? null : one(interactivity.perMinute),
      'changes of speaker a minute',
      {
        meaning:
          interactivity.perMinute === null
            ? noTimes
            : `The floor changed hands ${times(interactivity.switches)}; “mm-hm” and the like do not count.`,
      },
    ),
    card(
      'fillers',
      'Filler words',
      'i-lucide-ellipsis',
      fillers.rep.per100Words === null ? null : one(fillers.rep.per100Words),
      'per 100 words',
      {
        meaning:
          topFillers.length === 0
            ? 'None was heard.'
            : `Mostly ${topFillers.map(([word, count]) => `“${word}” (${count})`).join(', ')}.`,
        benchmark:
          fillers.rep.per100Words === null
            ? null
            : compare(fillers.benchmark, fillers.rep.per100Words, 1, 'per 100', 8),
      },
    ),
    card(
      'pace',
      'Speaking pace',
      'i-lucide-gauge',
      wordsPerMinute.rep === null ? null : whole(wordsPerMinute.rep),
      'words a minute',
      {
        meaning:
          wordsPerMinute.rep === null
            ? noTimes
            : wordsPerMinute.prospect === null
              ? `How fast ${rep} spoke.`
              : `The other side spoke ${whole(wordsPerMinute.prospect)} words a minute.`,
      },
    ),
    card('silence', 'Silence', 'i-lucide-pause', silence ? one(silence.share * 100) : null, '% of the call', {
      meaning: silence
        ? silence.longest
          ? `The longest pause lasted ${one(silence.longest.seconds)} s.`
          : 'There was no pause.'
        : noTimes,
      places: silence?.longest ? [{ turn: silence.longest.afterTurn, start: 0, end: Number.MAX_SAFE_INTEGER }] : [],
    }),
  ]
}

function card(
  key: string,
  label: string,
  icon: string,
  value: string | null,
  unit: string,
  more: Pick<MetricCard, 'meaning'> & Partial<Pick<MetricCard, 'benchmark' | 'places'>>,
): MetricCard {
  return { key, label, icon, value, unit, benchmark: null, places: [], ...more }
}

const turnsFrom = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => ({
    turn: first + index,
    start: 0,
    end: Number.MAX_SAFE_INTEGER,
  }))

/** @param factor from the benchmark's unit to the one shown @param top end of the scale that is drawn, unless the value is beyond */
function compare(
  benchmark: Benchmark,
  value: number,
  factor: number,
  unit: string,
  top: number,
): MetricCard['benchmark'] {
  if (!benchmark) return null
  const low = benchmark.low === null ? null : benchmark.low * factor
  const high = benchmark.high === null ? null : benchmark.high * factor
  const suffix = unit === '%' ? unit : unit ? ` ${unit}` : ''
  const text =
    low !== null && high !== null
      ? `${one(low)}–${one(high)}${suffix}`
      : low !== null
        ? `${one(low)}${suffix}`
        : high !== null
          ? `up to ${one(high)}${suffix}`
          : ''
  return {
    low,
    high,
    value,
    top: Math.max(top, value, high ?? 0),
    text,
    meaning: benchmark.meaning,
    source: benchmark.source,
  }
}
