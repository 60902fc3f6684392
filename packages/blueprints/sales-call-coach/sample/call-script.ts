import type { Handling, NextStepStatus, ObjectionKind } from '@guildhall/engines/conversation'
import { BUSINESSES, PROSPECTS, REPS, type Business } from './dialogue/businesses.ts'
import { CLOSINGS } from './dialogue/closings.ts'
import { CLOSED_DISCOVERY, DECISION, IMPACT, OPEN_DISCOVERY, RECAP } from './dialogue/discovery.ts'
import { readDialogue, type Line, type Slots } from './dialogue/lines.ts'
import { DEFLECTIONS, IGNORED, OBJECTION_DIALOGUES } from './dialogue/objections.ts'
import { FEATURE_PITCHES, PLAIN_PITCHES, PRICE_TALK, PROSPECT_QUESTIONS, TIED_PITCHES } from './dialogue/pitches.ts'
import { SCENARIOS, type Scenario, type ScenarioDialogue } from './dialogue/scenarios.ts'
import type { Random } from './random.ts'

export type Difficulty = 'easy' | 'medium' | 'hard'
export type Skill = 'strong' | 'mixed' | 'weak'

/** A call as lines of dialogue, before anybody speaks it. */
export type Script = {
  title: string
  rep: string
  prospect: string
  business: Business
  skill: Skill
  lines: (Line & { handling?: Handling })[]
  nextStep: NextStepStatus
}

const OBJECTIONS_BY_DIFFICULTY: Record<Difficulty, readonly [number, number]> = {
  easy: [0, 1],
  medium: [1, 2],
  hard: [3, 4],
}
const HANDLINGS: Record<Skill, readonly Handling[]> = {
  strong: ['answered-with-evidence', 'answered-with-evidence', 'answered-with-evidence', 'questioned'],
  mixed: ['answered-with-evidence', 'questioned', 'acknowledged', 'acknowledged', 'deflected'],
  weak: ['acknowledged', 'deflected', 'deflected', 'ignored', 'ignored'],
}
const OUTCOMES: Record<Skill, Record<Difficulty, readonly NextStepStatus[]>> = {
  strong: { easy: ['agreed'], medium: ['agreed', 'agreed', 'dated'], hard: ['agreed', 'dated', 'dated'] },
  mixed: { easy: ['agreed', 'dated'], medium: ['agreed', 'dated', 'undated'], hard: ['dated', 'undated', 'undated'] },
  weak: { easy: ['dated', 'undated'], medium: ['undated', 'none'], hard: ['none', 'none', 'undated'] },
}

/** Chooses who speaks and what is said. */
export function writeScript(
  random: Random,
  request: {
    scenario: Scenario
    difficulty: Difficulty
    skill?: Skill
    rep?: string
    business?: string
    prospect?: string
    client?: { company: string; product: string }
  },
): Script {
  const skill = request.skill ?? random.pick(['strong', 'mixed', 'mixed', 'weak'] as const)
  const scenario: ScenarioDialogue = SCENARIOS[request.scenario]
  const drawn = random.pick(BUSINESSES)
  const business = BUSINESSES.find(({ name }) => name === request.business) ?? drawn
  const rep = request.rep ?? random.pick(REPS)
  const someone = random.pick(PROSPECTS)
  const prospect = request.prospect ?? someone
  const slots: Slots = {
    ...business,
    rep: rep.split(' ')[0] ?? rep,
    first: prospect.split(' ')[0] ?? prospect,
    company: request.client?.company ?? 'Beacon Sales',
    product: request.client?.product ?? 'Beacon',
    price: `${random.whole(6, 18) * 10} dollars`,
  }
  const nextStep = random.pick(OUTCOMES[skill][request.difficulty])
  const beats = [
    random.pick(scenario.opening[skill === 'weak' || (skill === 'mixed' && random.chance(0.4)) ? 'weak' : 'strong']),
    ...discovery(random, skill),
    ...random.some(scenario.own, skill === 'weak' ? 1 : 2),
    ...pitch(random, skill),
  ].map((beat): Script['lines'] => readDialogue(beat, slots))
  const later = [...objections(random, skill, request.difficulty, scenario.objections, slots)]
  if (random.chance(0.7)) later.push(readDialogue(random.pick(PRICE_TALK), slots))
  later.push(...random.some(PROSPECT_QUESTIONS, random.whole(1, 2)).map((beat) => readDialogue(beat, slots)))
  const shuffled = random.some(later, later.length)
  const lines = [...beats, ...shuffled, readDialogue(random.pick(CLOSINGS[nextStep]), slots)].flat()
  return { title: `${scenario.title}: ${business.name}`, rep, prospect, business, skill, lines, nextStep }
}

function discovery(random: Random, skill: Skill): string[] {
  if (skill === 'weak') return random.some(CLOSED_DISCOVERY, random.whole(1, 3))
  const open = random.some(OPEN_DISCOVERY, skill === 'strong' ? random.whole(3, 5) : random.whole(1, 3))
  const closed = random.some(CLOSED_DISCOVERY, random.whole(1, 3))
  const mixed = random.some([...open, ...closed], open.length + closed.length)
  if (skill === 'strong') mixed.push(random.pick(IMPACT), random.pick(RECAP), random.pick(DECISION))
  else if (random.chance(0.5)) mixed.push(random.pick(IMPACT))
  return mixed
}

function pitch(random: Random, skill: Skill): string[] {
  if (skill === 'strong') return random.some(TIED_PITCHES, random.whole(1, 2))
  if (skill === 'weak') return random.some(FEATURE_PITCHES, random.whole(1, 2))
  return [random.pick([...TIED_PITCHES, ...PLAIN_PITCHES, ...FEATURE_PITCHES])]
}

function objections(
  random: Random,
  skill: Skill,
  difficulty: Difficulty,
  kinds: readonly ObjectionKind[],
  slots: Slots,
): Script['lines'][] {
  const [low, high] = OBJECTIONS_BY_DIFFICULTY[difficulty]
  return random.some(kinds, random.whole(low, high)).map((kind) => {
    const handling = random.pick(HANDLINGS[skill])
    const dialogue = OBJECTION_DIALOGUES[kind]
    const reply =
      handling === 'deflected'
        ? random.pick(DEFLECTIONS)
        : handling === 'ignored'
          ? random.pick(IGNORED)
          : random.pick(dialogue.replies[handling])
    const lines = readDialogue(`${random.pick(dialogue.raised)}\n${reply}`, slots)
    return lines.map((line) => (line.objections.length > 0 ? { ...line, handling } : line))
  })
}
