import type { CallRequest, Difficulty, Skill } from './generate-call.ts'
import { companyRows } from './companies.ts'
import { SCENARIO_IDS } from './generate-call.ts'
import { createRandom, type Random } from './random.ts'

const dayMs = 86_400_000

export interface PlannedCall {
  request: CallRequest
  at: Date
  /** Position of the company in `companyRows`. */
  company: number
  /** Where the deal stands after the company's last call; null for earlier ones. */
  stage: string | null
}

/** Three reps: one who learns, one who is steady, one who is good and gets better. */
const team: readonly { rep: string; skills: readonly Skill[] }[] = [
  { rep: 'Jonas Reed', skills: ['weak', 'weak', 'mixed', 'mixed', 'mixed', 'strong'] },
  { rep: 'Mila Santos', skills: ['mixed', 'mixed', 'strong', 'mixed', 'mixed', 'mixed'] },
  { rep: 'Priya Nair', skills: ['mixed', 'strong', 'strong', 'mixed', 'strong', 'strong'] },
]
const difficulties: readonly Difficulty[] = ['easy', 'medium', 'medium', 'hard']

/** What the sample team did in the last days: some sixty calls in ninety, on weekdays between nine and five. Pure. */
export function planCalls(now: Date, options: { seed: number; days: number }): PlannedCall[] {
  const random = createRandom(options.seed)
  const companies = companyRows()
  const count = Math.max(12, Math.round((options.days / 90) * 60))
  return Array.from({ length: count }, (_, index) => {
    const share = index / count
    const member = team[index % team.length] ?? { rep: 'Mila Santos', skills: [] }
    const company = (index * 5) % companies.length
    const wanted = weekday(new Date(now.getTime() - options.days * dayMs * (1 - share)), index)
    const at = wanted < now ? wanted : weekday(new Date(wanted.getTime() - dayMs), index)
    return {
      at,
      company,
      stage: index >= count - companies.length ? (companies[company]?.stage ?? null) : null,
      request: {
        seed: options.seed * 1000 + index,
        scenario: random.pick(SCENARIO_IDS),
        difficulty: random.pick(difficulties),
        skill: skillAt(random, member.skills, share),
        rep: member.rep,
        startedAt: at.toISOString(),
        ...(companies[company] ? { business: companies[company].name, prospect: companies[company].contact } : {}),
      },
    }
  })
}

/** Mostly as good as the plan says; everybody has a day that is better or worse. */
function skillAt(random: Random, skills: readonly Skill[], share: number): Skill {
  const at = Math.floor(share * skills.length) + (random.chance(0.2) ? random.pick([-1, 1]) : 0)
  return skills[Math.min(skills.length - 1, Math.max(0, at))] ?? 'mixed'
}

function weekday(day: Date, index: number): Date {
  const back = [2, 0, 0, 0, 0, 0, 1][day.getUTCDay()] ?? 0
  const at = new Date(day.getTime() - back * dayMs)
  at.setUTCHours(9 + (index % 8), (index * 17) % 60, 0, 0)
  return at
}
