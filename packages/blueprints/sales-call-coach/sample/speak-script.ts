import type { Transcript } from '@guildhall/standards/transcript'
import type { Script } from './call-script.ts'
import type { CallRequest, CallTruth } from './call-truth.ts'
import type { Random } from './random.ts'

type Speaker = 'rep' | 'prospect'
type Spoken = Script['lines'][number] & { fillers: number; acknowledges: boolean; cutsIn: boolean }
type Timed = Spoken & { start: number; end: number }

/** Words after which "um" fits in at the start of a sentence; each may lose its capital. */
const MOVABLE = new Set(
  'So And But It That The What How We They There This Then You If Only For With In At On Not No Two To'.split(' '),
)
const ACKNOWLEDGEMENT = /^(?:exactly|okay|aha|no|hm|i see|right, i see|of course|all right)\.$/i
const IN_PASSING = ['Mm-hm.', 'Right.', 'Okay.', 'I see.', 'Yeah.'] as const
const FILLER_CHANCE: Record<Script['skill'], number> = { strong: 0.05, mixed: 0.14, weak: 0.28 }
const WAIT: Record<Script['skill'], readonly [number, number]> = {
  strong: [0.7, 1.6],
  mixed: [0.3, 1],
  weak: [0.05, 0.5],
}
const CUT_IN: Record<Script['skill'], number> = { strong: 0.02, mixed: 0.06, weak: 0.16 }

const seconds = (value: number): number => Math.round(value * 1000) / 1000
const wordCount = (text: string): number => text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length

function addFillers(random: Random, text: string, chance: number): { text: string; fillers: number } {
  let fillers = 0
  const spoken = text.replace(/(^|[.?!] )(\p{L}+)/gu, (whole, before: string, word: string) => {
    if (!(MOVABLE.has(word) || word === 'I') || !random.chance(chance)) return whole
    fillers += 1
    return `${before}${random.pick(['Um', 'Uh', 'Um', 'You know'])}, ${word === 'I' ? word : word.toLowerCase()}`
  })
  return { text: spoken, fillers }
}

/** Long turns are broken by a short "mm-hm" of the listener, as people do. */
function addListening(random: Random, line: Spoken): Spoken[] {
  const sentences = line.text.split(/(?<=[.!]) (?=\p{Lu})/u)
  const plain = line.open + line.closed + line.objections.length === 0
  if (!plain || sentences.length < 4 || line.text.includes('?') || !random.chance(0.6)) return [line]
  const half = Math.ceil(sentences.length / 2)
  const listener: Speaker = line.by === 'rep' ? 'prospect' : 'rep'
  const none = { open: 0, closed: 0, objections: [], fillers: 0, cutsIn: false }
  const part = (text: string): Spoken => ({
    ...line,
    text,
    fillers: text.match(/\b(?:Um|Uh|You know), /g)?.length ?? 0,
  })
  return [
    part(sentences.slice(0, half).join(' ')),
    { ...none, by: listener, text: random.pick(IN_PASSING), acknowledges: true },
    { ...part(sentences.slice(half).join(' ')), cutsIn: false },
  ]
}

function speakLines(random: Random, script: Script, cutInByProspect: number): Spoken[] {
  return script.lines.flatMap((line, index) => {
    const acknowledges = ACKNOWLEDGEMENT.test(line.text)
    const before = script.lines[index - 1]
    const { text, fillers } = acknowledges
      ? { text: line.text, fillers: 0 }
      : addFillers(random, line.text, FILLER_CHANCE[line.by === 'rep' ? script.skill : 'mixed'])
    const long = before !== undefined && before.by !== line.by && wordCount(before.text) > 8 && wordCount(text) > 4
    const cutsIn = long && !acknowledges && random.chance(line.by === 'rep' ? CUT_IN[script.skill] : cutInByProspect)
    return addListening(random, { ...line, text, fillers, acknowledges, cutsIn })
  })
}

/** Puts the lines on a clock. Nobody overlaps except where they cut in, and then by 0.7 to 1.5 s. */
function putOnClock(random: Random, script: Script, lines: readonly Spoken[]): Timed[] {
  const pace: Record<Speaker, number> = { rep: random.between(145, 175), prospect: random.between(135, 165) }
  const timed: Timed[] = []
  for (const line of lines) {
    const last = timed.at(-1)
    const wait = line.by === 'rep' ? random.between(...WAIT[script.skill]) : random.between(0.2, 1.1)
    const start = last === undefined ? 0.4 : line.cutsIn ? last.end - random.between(0.7, 1.5) : last.end + wait
    const length = line.acknowledges ? random.between(0.35, 0.6) : (wordCount(line.text) / pace[line.by]) * 60
    timed.push({ ...line, start: seconds(start), end: seconds(start + Math.max(length, 0.4)) })
  }
  return timed
}

/** Stretches of one speaker; an acknowledgement in passing, between two lines of the same speaker, does not end one. */
function stretches(lines: readonly Timed[]): { by: Speaker; start: number; end: number; spoken: number }[] {
  const found: { by: Speaker; start: number; end: number; spoken: number }[] = []
  for (const [index, line] of lines.entries()) {
    const current = found.at(-1)
    const before = lines[index - 1]
    const asked = before?.text.trimEnd().endsWith('?') === true
    if (line.acknowledges && current && line.by !== current.by && !asked && lines[index + 1]?.by === current.by)
      continue
    if (current?.by === line.by) {
      current.end = line.end
      current.spoken += line.end - line.start
    } else found.push({ by: line.by, start: line.start, end: line.end, spoken: line.end - line.start })
  }
  return found
}

function middle(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b)
  const upper = sorted[Math.floor(sorted.length / 2)]
  const lower = sorted[Math.ceil(sorted.length / 2) - 1]
  return upper === undefined || lower === undefined ? null : (upper + lower) / 2
}

/** Speaks a script: adds hesitation, listening noises and times, and keeps the books on what is true. */
export function speakScript(
  random: Random,
  script: Script,
  request: CallRequest,
): { transcript: Transcript; truth: CallTruth } {
  const cutInByProspect = { easy: 0.01, medium: 0.04, hard: 0.1 }[request.difficulty]
  const lines = putOnClock(random, script, speakLines(random, script, cutInByProspect))
  const held = stretches(lines)
  const of = (by: Speaker): Timed[] => lines.filter((line) => line.by === by)
  const sum = (by: Speaker, amount: (line: Timed) => number): number =>
    of(by).reduce((total, line) => total + amount(line), 0)
  const questions = (by: Speaker): { open: number; closed: number } => ({
    open: sum(by, (line) => line.open),
    closed: sum(by, (line) => line.closed),
  })
  const callSeconds = lines.reduce((latest, line) => Math.max(latest, line.end), 0)
  const waits = held.flatMap((stretch, index) => {
    const before = held[index - 1]
    return stretch.by === 'rep' && before?.by === 'prospect' ? [Math.max(0, stretch.start - before.end)] : []
  })
  const truth: CallTruth = {
    scenario: request.scenario,
    difficulty: request.difficulty,
    skill: script.skill,
    callSeconds,
    repSeconds: seconds(sum('rep', (line) => line.end - line.start)),
    prospectSeconds: seconds(sum('prospect', (line) => line.end - line.start)),
    longestRepMonologueSeconds: seconds(
      Math.max(0, ...held.filter((one) => one.by === 'rep').map((one) => one.spoken)),
    ),
    switches: held.length - 1,
    interruptions: lines.flatMap((line, turn) => (line.cutsIn ? [{ turn, by: line.by }] : [])),
    questions: { rep: questions('rep'), prospect: questions('prospect') },
    fillers: { rep: sum('rep', (line) => line.fillers), prospect: sum('prospect', (line) => line.fillers) },
    medianPatienceSeconds: middle(waits),
    objections: lines.flatMap((line, turn) =>
      line.objections.map((kind) => ({ kind, turn, handling: line.handling ?? 'ignored' })),
    ),
    nextStep: script.nextStep,
  }
  const transcript: Transcript = {
    title: script.title,
    ...(request.startedAt === undefined ? {} : { startedAt: request.startedAt }),
    durationSeconds: callSeconds,
    parties: [
      { id: 'rep', name: script.rep, role: 'rep', email: address(script.rep) },
      { id: 'prospect', name: script.prospect, role: 'prospect', email: address(script.prospect) },
    ],
    turns: lines.map((line) => ({ party: line.by, start: line.start, end: line.end, text: line.text })),
    warnings: [],
  }
  return { transcript, truth }
}

/** Addresses under example.com reach nobody (RFC 2606). */
const address = (name: string): string => `${name.toLowerCase().replace(/[^a-z]+/g, '.')}@example.com`
