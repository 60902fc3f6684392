import type { LanguageModelV4CallOptions } from '@ai-sdk/provider'
import type { Mode } from './faults.ts'

/** Who speaks: the mock behind the proxy, or the other server. */
export type Speaker = 'primary' | 'spare'

const words: Record<Speaker, string> = {
  primary: 'One two three four five six seven eight nine ten eleven twelve.',
  spare: 'Twelve eleven ten nine eight seven six five four three two one.',
}
export const schema = {
  type: 'object' as const,
  properties: { said: { type: 'string' as const } },
  required: ['said'],
}

export const tools = [
  {
    type: 'function' as const,
    name: 'look_up',
    inputSchema: { type: 'object' as const, properties: { query: { type: 'string' as const } } },
  },
]

/** 256 KiB in one piece. */
const long = 'abcdefghijklmnop'.repeat(16_384)

/** What each says when nothing is spoiled; arguments for tools. */
export function answerOf(speaker: Speaker, mode: Mode, huge = false): string {
  const said = huge && speaker === 'primary' ? long : words[speaker]
  if (mode.startsWith('tools')) return JSON.stringify({ query: said })
  return mode.startsWith('schema') ? JSON.stringify({ said }) : said
}

const kindOf = (mode: Mode) => (mode === 'stream' ? 'plain' : (mode.split(' ')[0] ?? mode))

/** The question of a mode, another each time; the mocks know by the words what to answer. */
export function textOf(mode: Mode, huge: boolean): string {
  return `${huge ? 'huge ' : ''}${kindOf(mode)} question ${Math.random()}`
}

/** What is asked in a mode, inside of the gateway's process. */
export function questionOf(mode: Mode, huge = false): LanguageModelV4CallOptions {
  const kind = kindOf(mode)
  const text = textOf(mode, huge)
  return {
    prompt: [{ role: 'user', content: [{ type: 'text', text }] }],
    maxOutputTokens: 500,
    ...(kind === 'tools' ? { tools } : {}),
    ...(kind === 'schema' ? { responseFormat: { type: 'json' as const, name: 'answer', schema } } : {}),
  }
}
