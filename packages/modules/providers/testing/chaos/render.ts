import { dialects } from './dialects.ts'
import { faults, modes, type Mode } from './faults.ts'
import type { LoadResult } from './load.ts'
import { describeCell, type Cell } from './matrix.ts'

/** The matrix and the load as a page. */
export function renderChaos(cells: readonly Cell[], load: LoadResult, about: { machine: string }): string {
  const good = cells.filter(({ ok }) => ok).length
  const total = (of: 'lost' | 'doubled') => cells.reduce((sum, cell) => sum + cell[of], 0)
  const wrong = cells.filter(({ ok }) => !ok)
  return [
    '# Chaos',
    '',
    'Written by `npm run bench:chaos`, whose short form is part of `npm test`. A proxy in front of mock providers (`@copilotkit/aimock`) that speak the dialects of OpenAI (Responses), Anthropic (Messages) and Google (Gemini) spoils their answers; a second, OpenAI-compatible server always answers. A route asks the first, then the second, with two attempts each and no last resort.',
    '',
    'A cell says who answered: **first** = the provider behind the fault, **second** = the other one, unseen by the caller; **error** = the answer had begun, so it ends with an error and no finish, never with somebody else’s words. In parentheses: milliseconds more than the same call without a fault. `–` = cannot be played there. The three values are those of openai, anthropic, google.',
    '',
    `| fault | ${modes.join(' | ')} |`,
    `|---|${modes.map(() => '---').join('|')}|`,
    ...faults.map(({ name }) => `| ${name} | ${modes.map((mode) => renderCells(cells, name, mode)).join(' | ')} |`),
    '',
    `- ${good} of ${cells.length} cells ended as stated (${((100 * good) / cells.length).toFixed(1)} %).`,
    `- Characters lost or doubled where an answer was claimed: ${total('lost')} and ${total('doubled')}.`,
    `- Cells in which the ledger and the providers’ own count of requests, tokens and micro-units differ: ${cells.filter(({ ledger }) => ledger.length > 0).length}.`,
    ...wrong.map((cell) => `- **Not as stated:** ${describeCell(cell)}`),
    '',
    '## Many calls',
    '',
    `${load.calls.toLocaleString('en')} calls over four providers, all modes in turn, a fault in one of five requests to three of them, in ${load.seconds.toFixed(0)} s:`,
    '',
    '| | |',
    '|---|---:|',
    `| requests to providers | ${load.requests.toLocaleString('en')} |`,
    `| of them spoiled | ${load.spoiled.toLocaleString('en')} |`,
    `| whole answers | ${load.whole.toLocaleString('en')} (${((100 * load.whole) / load.calls).toFixed(2)} %) |`,
    `| answers that broke off after their beginning, with an error | ${load.broken.toLocaleString('en')} |`,
    `| typed refusals | ${load.refused.toLocaleString('en')} |`,
    `| calls without a definite outcome | ${load.indefinite.length} |`,
    `| whole answers that were not what their provider said | ${load.wrong} |`,
    `| entries of the ledger | ${load.entries.toLocaleString('en')} |`,
    `| differences between the ledger and the providers’ count | ${load.ledger.length} |`,
    '',
    ...load.indefinite.slice(0, 20).map((line) => `- **Without a definite outcome:** ${line}`),
    ...load.ledger.map((line) => `- **Difference:** ${line}`),
    `Requests, tokens of each counted answer and their cost to the micro-unit are compared. Where a provider never told what was used (an answer that broke off), the ledger has an estimate, marked as one. Prices: as published for gpt-5.1, claude-sonnet-4-6 and gemini-2.5-flash. Machine: ${about.machine}.`,
    '',
  ].join('\n')
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
