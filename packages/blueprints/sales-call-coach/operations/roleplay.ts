import { conflict, Id, invalidInput, newId, notFound, operation } from '@guildhall/kernel'
import { z } from 'zod'
import { blueprintId } from '../blueprint-id.ts'
import { objectionsOfCalls } from '../roleplay/objections-of-calls.ts'
import { objectionCount, prospectSays } from '../roleplay/prospect.ts'
import { scoreSession } from '../roleplay/score-session.ts'
import { Difficulty, Persona, RoleplayResult, RoleplayTurn, Session } from '../roleplay/session.ts'

const collection = 'role-plays'
const defaultPersona: z.output<typeof Persona> = {
  name: 'Robin',
  role: 'owner of a small service business',
  mood: 'polite, careful with money and short of time',
}
/** What a prospect brings when the team has no calls yet. */
const firstObjections = [
  { kind: 'price', text: 'That sounds like more than we planned to spend.', callId: null },
  { kind: 'status-quo', text: 'What we use today works well enough.', callId: null },
  { kind: 'timing', text: 'This is not a good moment, maybe next quarter.', callId: null },
]

export const roleplay = operation({
  name: 'coach.roleplay',
  summary: 'Practise a call: the prospect brings objections of real calls, and the rep is scored at the end',
  description:
    'Without `sessionId` a role-play begins. Send `message` for each turn of the rep, and `end: true` to be scored by the rubric of real calls.',
  route: 'POST /roleplay',
  permission: 'records:write',
  tenant: 'client',
  external: true,
  input: z.object({
    projectId: Id.optional(),
    sessionId: Id.optional(),
    persona: Persona.optional(),
    difficulty: Difficulty.default('medium'),
    rep: z.string().max(200).optional(),
    message: z.string().trim().min(1).max(4000).optional().describe('What the rep says'),
    end: z.boolean().default(false),
  }),
  output: z.object({
    sessionId: z.string(),
    runId: z.string().nullable(),
    status: z.enum(['running', 'ended']),
    persona: Persona,
    difficulty: Difficulty,
    turns: z.array(RoleplayTurn),
    result: RoleplayResult.nullable(),
    note: z.string().nullable().describe('How the prospect is played, when no model plays it'),
  }),
  async run(input, ctx) {
    const project = await ctx.services.projects.resolve(ctx, blueprintId, input.projectId)
    const address = { projectId: project.id, collection }
    let id = input.sessionId
    let version: number | undefined
    let session: Session
    if (id === undefined) {
      const known = await objectionsOfCalls(ctx, project)
      const store = known.length > 0 ? spread(known) : firstObjections
      const persona = input.persona ?? defaultPersona
      session = {
        title: `${persona.name}, ${input.difficulty}`,
        ...(input.rep === undefined ? {} : { rep: input.rep }),
        status: 'running',
        difficulty: input.difficulty,
        startedAt: ctx.now().toISOString(),
        persona,
        objections: store
          .slice(0, objectionCount(input.difficulty))
          .map(({ kind, text, callId }) => ({ kind, text, callId })),
        turns: [],
      }
    } else {
      const known = id
      const record = await ctx.transaction((tx) => tx.services.records.get(tx, { ...address, id: known }), {
        readOnly: true,
      })
      if (!record) throw notFound('role-play', id)
      session = Session.parse(record.data)
      version = record.version
      if (session.status === 'ended') throw conflict('This role-play has ended. Begin a new one without `sessionId`.')
      if (!input.end && input.message === undefined)
        throw invalidInput([{ field: 'message', message: 'say something, or send `end: true`' }])
    }
    const turns =
      input.message === undefined
        ? session.turns
        : [...session.turns, { speaker: 'rep' as const, text: input.message, source: 'rep' as const }]
    const { value, totals } = await ctx.services.runs.record(
      ctx,
      {
        kind: 'roleplay',
        title: session.title,
        projectId: project.id,
        input: { message: input.message, end: input.end },
      },
      async (run) => {
        if (input.end) {
          const ended = { ...session, turns }
          const result = await run.step({ kind: 'engine', name: 'score the role-play' }, async (step) => {
            const scored = scoreSession(ended)
            step.output(scored)
            return scored
          })
          if (!result)
            throw invalidInput([{ field: 'end', message: 'there is nothing to score before the rep has spoken' }])
          return { ...ended, status: 'ended' as const, score: result.total, result }
        }
        return { ...session, turns: [...turns, await prospectSays(ctx, run, { ...session, turns })] }
      },
    )
    const saved = await ctx.transaction(async (tx) =>
      id === undefined
        ? tx.services.records.create(tx, { ...address, id: newId(), data: value })
        : tx.services.records.update(tx, {
            ...address,
            id,
            data: value,
            ...(version === undefined ? {} : { version }),
          }),
    )
    id = saved.id
    const played = value.turns.findLast((turn) => turn.speaker === 'prospect')
    return {
      sessionId: id,
      runId: totals.runId,
      status: value.status,
      persona: value.persona,
      difficulty: value.difficulty,
      turns: value.turns,
      result: value.result ?? null,
      note:
        played?.source === 'calls'
          ? 'No model plays this prospect: it says, word for word, what prospects of your calls have said. A provider key makes it answer freely.'
          : null,
    }
  },
})

/** One of each kind first, so that a short role-play is varied. */
function spread<T extends { kind: string }>(list: readonly T[]): T[] {
  const byKind = new Map<string, T[]>()
  for (const item of list) byKind.set(item.kind, [...(byKind.get(item.kind) ?? []), item])
  const rows: T[] = []
  for (let at = 0; rows.length < list.length; at++)
    for (const items of byKind.values()) rows.push(...items.slice(at, at + 1))
  return rows
}
