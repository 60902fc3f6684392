import { answerOf } from './answers.ts'
import type { Booked, ChaosLab, Heard } from './chaos-lab.ts'
import { dialects, models, wireOf, type Dialect, type Surface, type ToldUsage } from './dialects.ts'
import { faults, modes, type Fault, type Mode, type Outcome } from './faults.ts'
import { spareUsage } from './spare-upstream.ts'

export interface Cell {
  surface: Surface
  fault: string
  mode: Mode
  dialect: Dialect
  expected: Outcome
  /** Who answered, `error`, or what else happened. */
  got: string
  /** Milliseconds more than the same call without a fault. */
  addedMs: number
  /** Characters of the answer that did not arrive, or arrived twice; 0 where an answer is claimed. */
  lost: number
  doubled: number
  /** What the ledger says and the providers do not, or the other way round; empty = nothing. */
  ledger: string[]
  ok: boolean
}

export interface MatrixOptions {
  /**
   * Each fault of each dialect in one mode, which changes from fault to fault; inside of the process as a stream as well.
   */
  short?: boolean
  told?: (cell: Cell) => void
}

/** One line for a cell that did not end as stated. */
export function describeCell({ surface, fault, mode, dialect, expected, got, lost, doubled, ledger }: Cell): string {
  const more = [lost > 0 ? `${lost} lost` : '', doubled > 0 ? `${doubled} doubled` : '', ...ledger].filter(Boolean)
  return `${surface} / ${fault} / ${mode} / ${dialect}: expected ${expected}, got ${got}${more.length > 0 ? `; ${more.join('; ')}` : ''}`
}

/** Plays every fault in every mode and dialect. The dialects at the same time, everything else one after the other. */
export async function runMatrix(lab: ChaosLab, options: MatrixOptions = {}): Promise<Cell[]> {
  const columns = await Promise.all(dialects.map((dialect) => runDialect(lab, dialect, options)))
  return columns.flat()
}

async function runDialect(lab: ChaosLab, dialect: Dialect, options: MatrixOptions): Promise<Cell[]> {
  const cells: Cell[] = []
  const usual = new Map<Mode, number>()
  // The first call of a mode makes connections and loads packages: no measure for the others.
  for (const mode of modes)
    for (let call = 0; call < 2; call++) {
      const { ms } = await lab.ask(dialect, mode)
      if (call > 0) usual.set(mode, ms)
    }
  for (const [index, fault] of faults.entries()) {
    const wire = wireOf(lab.surface, dialect)
    const playable = modes.filter((mode) => !fault.plays || fault.plays(mode, wire))
    const turn = playable[(index + dialects.indexOf(dialect)) % playable.length]
    for (const mode of playable) {
      const alsoStream = lab.surface === 'inside' && mode === 'stream'
      if (options.short && mode !== turn && !alsoStream) continue
      const cell = await playCell(lab, { fault, mode, dialect }, usual)
      options.told?.(cell)
      cells.push(cell)
    }
  }
  return cells
}

async function playCell(
  lab: ChaosLab,
  { fault, mode, dialect }: { fault: Fault; mode: Mode; dialect: Dialect },
  usual: Map<Mode, number>,
): Promise<Cell> {
  const proxy = lab.proxies[dialect]
  const none = faults[0] ?? fault
  await lab.forgive(dialect)
  if (fault.address) await lab.redirect(dialect, fault.address(proxy.host))
  let left = fault.times ?? Number.POSITIVE_INFINITY
  proxy.plan = () => (left-- > 0 ? fault : none)
  proxy.seen = []
  const heard = await lab.ask(dialect, mode, fault.huge)
  await proxy.quiet()
  const { seen } = proxy
  proxy.plan = () => none
  if (fault.address) await lab.redirect(dialect, null)
  const expected = fault.outcome(mode, wireOf(lab.surface, dialect))
  const got = outcomeOf(heard, dialect)
  if (fault === none) usual.set(mode, Math.min(usual.get(mode) ?? heard.ms, heard.ms))
  const ledger = compare(
    await lab.booked(heard.runId),
    seen.map(({ told }) => told),
    { dialect, answeredBySpare: got === 'spare' },
  )
  const speaker = got === 'spare' ? 'spare' : 'primary'
  const { lost, doubled } = difference(heard, answerOf(speaker, mode, fault.huge))
  return {
    surface: lab.surface,
    fault: fault.name,
    mode,
    dialect,
    expected,
    got,
    addedMs: Math.max(0, heard.ms - (usual.get(mode) ?? heard.ms)),
    lost,
    doubled,
    ledger,
    ok: got === expected && lost === 0 && doubled === 0 && ledger.length === 0,
  }
}

function outcomeOf(heard: Heard, dialect: Dialect): string {
  if (heard.kind === 'broken') return 'error'
  if (heard.kind === 'whole') return heard.provider === dialect ? 'primary' : (heard.provider ?? 'nobody')
  return `${heard.kind}: ${heard.detail}`
}

/** A broken answer may lack its end, never have anything twice or from somebody else. */
function difference({ kind, text }: Heard, expected: string): { lost: number; doubled: number } {
  if (text === expected) return { lost: 0, doubled: 0 }
  let same = 0
  while (same < text.length && text[same] === expected[same]) same++
  return { lost: kind === 'broken' ? 0 : expected.length - same, doubled: text.length - same }
}

/** USD micro-units of an answer at the published price, computed here. */
export function expectedMicros(dialect: Dialect, { input, output }: ToldUsage): number {
  const { inputPrice, outputPrice } = models[dialect]
  return Math.max(1, Math.round(input * inputPrice + output * outputPrice))
}

/** Where the ledger and the providers' own count of one call differ. */
function compare(
  booked: readonly Booked[],
  told: readonly (ToldUsage | null)[],
  { dialect, answeredBySpare }: { dialect: Dialect; answeredBySpare: boolean },
): string[] {
  const differences: string[] = []
  const differ = (what: string, ledger: number, provider: number) => {
    if (ledger !== provider) differences.push(`${what}: ledger ${ledger}, provider ${provider}`)
  }
  const mine = booked.filter((entry) => entry.provider === dialect && entry.sent)
  differ('requests', mine.length, told.length)
  const counted = told.filter((usage) => usage !== null)
  const exact = mine.filter((entry) => !entry.estimated)
  differ('input tokens', sum(exact, 'tokensIn'), sum(counted, 'input'))
  differ('output tokens', sum(exact, 'tokensOut'), sum(counted, 'output'))
  const micros = exact
    .filter((entry) => entry.tokensIn > 0)
    .reduce((total, entry) => total + (entry.costMicros ?? 0), 0)
  differ(
    'micro-units',
    micros,
    counted.reduce((total, usage) => total + expectedMicros(dialect, usage), 0),
  )
  const spare = booked.filter((entry) => entry.provider === 'spare')
  differ('input tokens of the spare', sum(spare, 'tokensIn'), answeredBySpare ? spareUsage.input : 0)
  differ('output tokens of the spare', sum(spare, 'tokensOut'), answeredBySpare ? spareUsage.output : 0)
  differ('attempts without the same entry', booked.filter((entry) => !entry.agrees).length, 0)
  return differences
}

function sum<K extends string>(rows: readonly Record<K, number>[], key: K): number {
  return rows.reduce((total, row) => total + row[key], 0)
}
