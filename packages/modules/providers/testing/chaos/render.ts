import { dialects, passes, surfaces, type Surface } from './dialects.ts'
import { faults, modes, type Mode } from './faults.ts'
import type { LoadResult } from './load.ts'
import { describeCell, type Cell } from './matrix.ts'

const titles: Record<Surface, string> = {
  inside: 'Inside of the process',
  chat: 'Chat completions over HTTP',
  messages: 'Messages over HTTP',
  responses: 'Responses over HTTP',
}

const listed = (words: readonly string[]) => words.join(', ').replace(/, ([^,]*)$/, ' and $1')

/** The matrix and the load as a page. */
export function renderChaos(cells: readonly Cell[], loads: readonly LoadResult[], about: { machine: string }): string {
  const good = cells.filter(({ ok }) => ok).length
  const total = (of: 'lost' | 'doubled') => cells.reduce((sum, cell) => sum + cell[of], 0)
  const wrong = cells.filter(({ ok }) => !ok)
  return [
    '# Chaos',
    '',
    'Written by `npm run bench:chaos`, whose short form is part of `npm test`. A proxy in front of mock providers (`@copilotkit/aimock`) that speak the dialects of OpenAI (Responses, and chat completions where the caller speaks them), Anthropic (Messages) and Google (Gemini) spoils their answers; a second, OpenAI-compatible server always answers. A route asks the first, then the second, with two attempts each and no last resort. Calls are made inside of the process, as agents do, and over HTTP in the wire form of each protocol. Where caller and provider speak the same, the provider’s own bytes pass; everything else is translated; in most routes one target passes and the other is translated.',
    '',
    'A cell says who answered: **first** = the provider behind the fault, **second** = the other one, unseen by the caller; **error** = the answer had begun, so it ends with an error in the caller’s own protocol and without a finish, never with somebody else’s words. In parentheses: milliseconds more than the same call without a fault, rough where the machine had other work (its load stands at the end). `–` = cannot be played there. The three values are those of openai, anthropic, google.',
    '',
    `- ${good} of ${cells.length} cells ended as stated (${((100 * good) / cells.length).toFixed(1)} %).`,
    `- Characters lost or doubled where an answer was claimed: ${total('lost')} and ${total('doubled')}.`,
    `- Cells in which the ledger and the providers’ own count of requests, tokens and micro-units differ: ${cells.filter(({ ledger }) => ledger.length > 0).length}.`,
    ...wrong.map((cell) => `- **Not as stated:** ${describeCell(cell)}`),
    '',
    ...surfaces.flatMap((surface) => matrixOf(cells, surface)),
    '## Many calls',
    '',
    `All modes in turn over four providers, a fault in one of five requests to three of them; ${loads.map(({ surface, calls, seconds }) => `${calls.toLocaleString('en')} calls ${surface === 'inside' ? 'inside' : `as ${surface}`} in ${seconds.toFixed(0)} s`).join(', ')}. ${overHttp(loads)}`,
    '',
    `| | ${loads.map(({ surface }) => surface).join(' | ')} |`,
    `|---|${loads.map(() => '---:').join('|')}|`,
    ...rows.map(([title, value]) => `| ${title} | ${loads.map(value).join(' | ')} |`),
    '',
    ...loads.flatMap(({ surface, indefinite, ledger }) => [
      ...indefinite.slice(0, 20).map((line) => `- **Without a definite outcome:** ${surface} ${line}`),
      ...ledger.map((line) => `- **Difference:** ${surface} ${line}`),
    ]),
    `Requests, tokens of each counted answer and their cost to the micro-unit are compared. Where a provider never told what was used (an answer that broke off), the ledger has an estimate, marked as one. Prices: as published for gpt-5.1, claude-sonnet-4-6 and gemini-2.5-flash. Machine: ${about.machine}.`,
    '',
  ].join('\n')
}

function overHttp(loads: readonly LoadResult[]): string {
  const calls = loads.reduce((sum, load) => sum + (load.surface === 'inside' ? 0 : load.calls), 0)
  return `Over HTTP ${calls.toLocaleString('en')} in all, the three protocols at the same time.`
}

const count = (of: keyof LoadResult) => (load: LoadResult) => {
  const value = load[of]
  return (Array.isArray(value) ? value.length : Number(value)).toLocaleString('en')
}

const rows: readonly [title: string, value: (load: LoadResult) => string][] = [
  ['requests to providers', count('requests')],
  ['of them spoiled', count('spoiled')],
  ['whole answers', (load) => `${count('whole')(load)} (${((100 * load.whole) / load.calls).toFixed(2)} %)`],
  ['answers that broke off after their beginning, with an error', count('broken')],
  ['typed refusals', count('refused')],
  ['calls without a definite outcome', count('indefinite')],
  ['whole answers that were not what their provider said', count('wrong')],
  ['entries of the ledger', count('entries')],
  ['differences between the ledger and the providers’ count', count('ledger')],
]

function matrixOf(cells: readonly Cell[], surface: Surface): string[] {
  const mine = cells.filter((cell) => cell.surface === surface)
  if (mine.length === 0) return []
  const own = dialects.filter((dialect) => passes(surface, dialect))
  const rest = dialects.filter((dialect) => !passes(surface, dialect))
  return [
    `## ${titles[surface]}`,
    '',
    ...(own.length === 0
      ? []
      : [`The bytes of ${listed(own)} pass, the answers of ${listed(rest)} are translated.`, '']),
    `| fault | ${modes.join(' | ')} |`,
    `|---|${modes.map(() => '---').join('|')}|`,
    ...faults.map(({ name }) => `| ${name} | ${modes.map((mode) => renderCells(mine, name, mode)).join(' | ')} |`),
    '',
  ]
}

const shown: Record<string, string> = { primary: 'first', spare: 'second', error: 'error' }

function renderCells(cells: readonly Cell[], fault: string, mode: Mode): string {
  return dialects
    .map((dialect) => {
      const cell = cells.find((each) => each.fault === fault && each.mode === mode && each.dialect === dialect)
      if (!cell) return '–'
      return `${cell.ok ? '' : '**wrong** '}${shown[cell.got] ?? cell.got} (${cell.addedMs.toFixed(0)})`
    })
    .join(', ')
}
