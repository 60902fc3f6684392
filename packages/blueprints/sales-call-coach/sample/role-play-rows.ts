import { scoreSession } from '../roleplay/score-session.ts'
import type { Session } from '../roleplay/session.ts'
import { generateCall, type Difficulty, type Skill } from './generate-call.ts'

const dayMs = 86_400_000

const plays: readonly {
  rep: string
  skill: Skill
  difficulty: Difficulty
  daysAgo: number
  persona: Session['persona']
}[] = [
  {
    rep: 'Jonas Reed',
    skill: 'weak',
    difficulty: 'easy',
    daysAgo: 61,
    persona: {
      name: 'Robin Marsh',
      role: 'owner of a salon with four chairs',
      mood: 'polite, careful with money and short of time',
    },
  },
  {
    rep: 'Jonas Reed',
    skill: 'mixed',
    difficulty: 'medium',
    daysAgo: 33,
    persona: {
      name: 'Tess Calloway',
      role: 'operations lead of a clinic chain',
      mood: 'sceptical, interrupts, wants proof for everything',
    },
  },
  {
    rep: 'Mila Santos',
    skill: 'mixed',
    difficulty: 'hard',
    daysAgo: 19,
    persona: {
      name: 'Viktor Lund',
      role: 'managing director of a workshop',
      mood: 'silent, gives short answers, is content with what they have',
    },
  },
  {
    rep: 'Jonas Reed',
    skill: 'strong',
    difficulty: 'medium',
    daysAgo: 4,
    persona: { name: 'Noor Idris', role: 'practice manager', mood: 'friendly and interested, but cannot decide alone' },
  },
]

/** Practice of the sample team, scored like any other. Pure. */
export function rolePlayRows(now: Date, options: { seed: number; days: number }): { data: Session; createdAt: Date }[] {
  return plays
    .filter((play) => play.daysAgo < options.days)
    .map((play, index) => {
      const { transcript, truth } = generateCall({
        seed: options.seed * 5000 + index,
        scenario: 'cold-call',
        difficulty: play.difficulty,
        skill: play.skill,
        rep: play.rep,
        prospect: play.persona.name,
      })
      const startedAt = new Date(now.getTime() - play.daysAgo * dayMs)
      const session: Session = {
        title: `${play.persona.name}, ${play.difficulty}`,
        rep: play.rep,
        status: 'ended',
        difficulty: play.difficulty,
        startedAt: startedAt.toISOString(),
        persona: play.persona,
        objections: truth.objections.map(({ kind, turn }) => ({
          kind,
          text: transcript.turns[turn]?.text ?? '',
          callId: null,
        })),
        turns: transcript.turns.map(({ party, text }) =>
          party === 'rep'
            ? { speaker: 'rep' as const, text, source: 'rep' as const }
            : { speaker: 'prospect' as const, text, source: 'calls' as const },
        ),
      }
      const result = scoreSession(session)
      return { data: result ? { ...session, score: result.total, result } : session, createdAt: startedAt }
    })
}
