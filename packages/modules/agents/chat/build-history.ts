import { isToolUIPart, convertToModelMessages, type ModelMessage, type UIMessage } from 'ai'
import { estimateTokenCount } from 'tokenx'
import type { MessageRow } from './messages.ts'

/** What of a conversation goes back to the model: about this many tokens, the newest ones. */
const historyTokens = 16_000
/** Characters of an earlier tool result. */
const longestResult = 8_000

export interface History {
  messages: ModelMessage[]
  /** What was asked, oldest first. */
  questions: string[]
}

/**
 * The conversation up to the question as a model reads it. Citation markers of earlier answers are left out, since
 * their numbers mean other passages now; so is reasoning, which belongs to the model that had it.
 */
export async function buildHistory(rows: readonly MessageRow[]): Promise<History> {
  const turns = rows.flatMap((row) => {
    const parts = row.role === 'user' ? row.parts : row.parts.flatMap(forModel)
    return parts.every((part) => part.type === 'step-start') ? [] : [{ role: row.role, parts }]
  })
  return {
    messages: await convertToModelMessages(newest(turns), { ignoreIncompleteToolCalls: true }),
    questions: rows.filter((row) => row.role === 'user').map((row) => row.text),
  }
}

type Turn = Pick<UIMessage, 'role' | 'parts'>

/** As many of the last turns as fit, at least the question, beginning with something that was asked. */
function newest(turns: Turn[]): Turn[] {
  let from = turns.length - 1
  let tokens = estimateTokenCount(JSON.stringify(turns[from]?.parts ?? []))
  while (from > 0) {
    tokens += estimateTokenCount(JSON.stringify(turns[from - 1]?.parts ?? []))
    if (tokens > historyTokens) break
    from--
  }
  while (from < turns.length - 1 && turns[from]?.role !== 'user') from++
  return turns.slice(from)
}

function forModel(part: UIMessage['parts'][number]): UIMessage['parts'] {
  if (part.type === 'text') {
    const text = part.text.replaceAll(/\s?\[\d{1,3}\]/g, '')
    return text.trim() === '' ? [] : [{ type: 'text', text }]
  }
  if (part.type === 'step-start') return [part]
  if (isToolUIPart(part) && part.state === 'output-available') {
    const shown = JSON.stringify(part.output ?? null)
    return [shown.length <= longestResult ? part : { ...part, output: `${shown.slice(0, longestResult)} [cut]` }]
  }
  return []
}
