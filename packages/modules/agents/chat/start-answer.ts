import type { Context } from '@guildhall/kernel'
import { and, eq, sql } from 'drizzle-orm'
import { failureText, type AnsweringAgent, type AnswerResult } from '../answer/answer.ts'
import { writeAnswer } from '../answer/write-answer.ts'
import { chatMessages } from '../schema.ts'
import type { AcceptedMessage } from './accept-message.ts'
import type { ActiveAnswer } from './active-answers.ts'
import { assembleMessage } from './assemble-message.ts'
import { buildHistory } from './build-history.ts'
import { storable, storableParts, textOfParts } from './messages.ts'
import { leaseSeconds } from './lease.ts'

/** A crash loses at most this much of what was shown. */
const saveEveryMs = 1000

/** Begins to write the answer to an accepted question. It goes on when the request that asked for it has ended. */
export function startAnswer(ctx: Context, accepted: AcceptedMessage, agent: AnsweringAgent): ActiveAnswer {
  const { agents } = ctx.services
  const active = agents.answers.open(accepted.chat.id, accepted.answer.messageId)
  const background = agents.contextUntil(ctx, active.stopped)
  void work(background, accepted, agent, active)
    .catch((error: unknown) => ctx.log.error({ err: error, chat: accepted.chat.id }, 'answer could not be stored'))
    .finally(() => active.end())
  return active
}

async function work(
  ctx: Context,
  { chat, conversation, answer }: AcceptedMessage,
  agent: AnsweringAgent,
  active: ActiveAnswer,
): Promise<void> {
  const message = assembleMessage()
  const emit: ActiveAnswer['emit'] = (chunk) => {
    active.emit(chunk)
    message.add(chunk)
  }
  let runId: string | null = null
  const stopSaving = saveAsItGrows(ctx, answer.id, () => ({ parts: message.parts(), runId }), active)
  let result: AnswerResult | null = null
  let failure: string | null = null
  try {
    const history = await buildHistory(conversation)
    const request = {
      agent,
      kind: 'chat' as const,
      chatId: chat.id,
      messageId: answer.messageId,
      onStart: (id: string) => {
        runId = id
      },
      ...history,
    }
    result = await writeAnswer(ctx, request, emit)
  } catch (error) {
    // The journal or the database failed, not the model: there may be no run to look at.
    ctx.log.error({ err: error, chat: chat.id }, 'answer failed')
    failure = failureText(ctx, error)
    emit({ type: 'message-metadata', messageMetadata: { status: 'failed', error: failure } })
    emit({ type: 'error', errorText: failure })
  } finally {
    await stopSaving()
  }
  const parts = storableParts(await message.complete())
  const error = failure ?? result?.error ?? null
  await save(ctx, answer.id, {
    parts,
    text: textOfParts(parts),
    status: statusOf(ctx, result),
    runId,
    error: error === null ? null : storable(error),
    leaseUntil: null,
  })
}

function statusOf(ctx: Context, result: AnswerResult | null): 'done' | 'cancelled' | 'failed' | 'interrupted' {
  if (result === null || result.outcome === 'failed') return 'failed'
  if (result.outcome === 'ok' || result.notices.some((notice) => notice.kind === 'budget')) return 'done'
  return ctx.services.agents.shutdown.aborted ? 'interrupted' : 'cancelled'
}

type Values = Partial<typeof chatMessages.$inferInsert>

async function save(
  ctx: Context,
  id: string,
  values: Values | { leaseUntil: ReturnType<typeof sql> },
): Promise<boolean> {
  const [row] = await ctx.transaction(({ db }) =>
    db
      .update(chatMessages)
      .set(values)
      .where(and(eq(chatMessages.tenantId, ctx.tenant.id), eq(chatMessages.id, id)))
      .returning({ stopRequested: chatMessages.stopRequested }),
  )
  return row?.stopRequested ?? false
}

/** Stores what is there every second, says that this process is alive, and hears when another one was asked to stop it. */
function saveAsItGrows(
  ctx: Context,
  id: string,
  current: () => { parts: AnswerParts; runId: string | null },
  active: ActiveAnswer,
): () => Promise<void> {
  let saved: AnswerParts = []
  let saving = Promise.resolve()
  let busy = false
  const timer = setInterval(() => {
    if (busy) return
    busy = true
    saving = (async () => {
      const { parts, runId } = current()
      const lease = { leaseUntil: sql`now() + make_interval(secs => ${leaseSeconds})` }
      const grown = parts === saved ? {} : { parts: storableParts(parts), text: storable(textOfParts(parts)) }
      if (await save(ctx, id, { ...grown, ...lease, runId })) active.stop()
      saved = parts
    })()
      .catch((error: unknown) => ctx.log.warn({ err: error }, 'part of an answer could not be stored'))
      .finally(() => {
        busy = false
      })
  }, saveEveryMs)
  return async () => {
    clearInterval(timer)
    await saving
  }
}

type AnswerParts = ReturnType<ReturnType<typeof assembleMessage>['parts']>
