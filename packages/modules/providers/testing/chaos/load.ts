import { ledgerSchema } from '@guildhall/modules/ledger'
import { runAttempts } from '@guildhall/modules/runs'
import { eq } from 'drizzle-orm'
import { answerOf } from './answers.ts'
import { wasSent, type ChaosLab, type Heard } from './chaos-lab.ts'
import { dialects, type Surface, type Wire } from './dialects.ts'
import { faults, modes, type Fault, type Mode } from './faults.ts'
import { expectedMicros } from './matrix.ts'
import { spareUsage } from './spare-upstream.ts'

export interface LoadOptions {
  calls: number
  /** Calls at the same time. */
  concurrency: number
  /** Part of the requests that meet a fault, 0 to 1. */
  share: number
  seed: number
}

export interface LoadResult {
  surface: Surface
  calls: number
  requests: number
  spoiled: number
  whole: number
  broken: number
  refused: number
  /** Calls without a definite outcome; must be 0. */
  indefinite: string[]
  /** Whole answers that were not what their provider said; must be 0. */
  wrong: number
  /** Where the ledger and the providers' count differ; must be empty. */
  ledger: string[]
  entries: number
  seconds: number
}

/** Many calls at once over all providers, whose answers are spoiled now and then; then the ledger is compared. */
export async function runLoad(lab: ChaosLab, { calls, concurrency, share, seed }: LoadOptions): Promise<LoadResult> {
  await lab.forgive()
  const random = uniform(seed)
  const [none] = faults
  if (!none) throw new Error('there is no fault called none')
  const playable = faults.filter(
    (fault) => fault !== none && !fault.address && !fault.huge && fault.name !== 'slow headers',
  )
  let spoiled = 0
  const plan = (mode: Mode, wire: Wire): Fault => {
    if (random() >= share) return none
    spoiled++
    const here = playable.filter((fault) => !fault.plays || fault.plays(mode, wire))
    return here[Math.floor(random() * here.length)] ?? none
  }
  for (const dialect of dialects) {
    lab.proxies[dialect].seen = []
    lab.proxies[dialect].plan = plan
  }
  const spareBefore = lab.spare.requests.length
  const result: LoadResult = {
    surface: lab.surface,
    calls,
    requests: 0,
    spoiled: 0,
    whole: 0,
    broken: 0,
    refused: 0,
    indefinite: [],
    wrong: 0,
    ledger: [],
    entries: 0,
    seconds: 0,
  }
  const runs = new Set<string>()
  const started = performance.now()
  let next = 0
  const worker = async () => {
    while (next < calls) {
      const mode = modes[next++ % modes.length] ?? 'plain'
      const heard: Heard = await lab.ask('everybody', mode)
      runs.add(heard.runId)
      if (heard.kind === 'indefinite') result.indefinite.push(`${mode}: ${heard.detail}`)
      else result[heard.kind]++
      const speaker = heard.provider === 'spare' ? 'spare' : 'primary'
      const expected = answerOf(speaker, mode)
      if (heard.kind === 'whole' && heard.text !== expected) result.wrong++
      if (heard.kind === 'broken' && !expected.startsWith(heard.text)) result.wrong++
      // Somebody repairs the providers from time to time, else all would end up with the spare.
      if (next % 25 === 0) await lab.forgive()
    }
  }
  await Promise.all(Array.from({ length: concurrency }, worker))
  result.seconds = (performance.now() - started) / 1000
  for (const dialect of dialects) {
    await lab.proxies[dialect].quiet()
    lab.proxies[dialect].plan = () => none
  }
  result.spoiled = spoiled
  await lab.journaled(runs)
  Object.assign(result, await compareAll(lab, runs, lab.spare.requests.length - spareBefore))
  return result
}

/** Everything that was booked for these runs against everything that the providers have counted. */
async function compareAll(
  lab: ChaosLab,
  runs: ReadonlySet<string>,
  spareRequests: number,
): Promise<Pick<LoadResult, 'ledger' | 'entries' | 'requests'>> {
  const { usageEntries } = ledgerSchema
  const rows = await lab.ctx.transaction(
    (tx) =>
      tx.db
        .select({ entry: usageEntries, attempt: runAttempts })
        .from(usageEntries)
        .leftJoin(runAttempts, eq(usageEntries.id, runAttempts.id)),
    { readOnly: true },
  )
  const mine = rows.filter(({ entry }) => entry.runId !== null && runs.has(entry.runId))
  const ledger: string[] = []
  const differ = (what: string, booked: number, counted: number) => {
    if (booked !== counted) ledger.push(`${what}: ledger ${booked}, provider ${counted}`)
  }
  let requests = 0
  for (const dialect of dialects) {
    const { seen } = lab.proxies[dialect]
    requests += seen.length
    const sent = mine.filter(({ entry, attempt }) => entry.provider === dialect && wasSent(attempt))
    const exact = sent.filter(({ entry }) => !entry.estimated && entry.tokensIn > 0)
    const told = seen.flatMap((request) => (request.told ? [request.told] : []))
    const micros = exact.reduce((total, { entry }) => total + (entry.costMicros ?? 0), 0)
    differ(`requests of ${dialect}`, sent.length, seen.length)
    differ(`counted answers of ${dialect}`, exact.length, told.length)
    differ(
      `input tokens of ${dialect}`,
      exact.reduce((total, { entry }) => total + entry.tokensIn, 0),
      told.reduce((total, { input }) => total + input, 0),
    )
    differ(
      `output tokens of ${dialect}`,
      exact.reduce((total, { entry }) => total + entry.tokensOut, 0),
      told.reduce((total, { output }) => total + output, 0),
    )
    differ(
      `micro-units of ${dialect}`,
      micros,
      told.reduce((total, usage) => total + expectedMicros(dialect, usage), 0),
    )
  }
  const spare = mine.filter(({ entry, attempt }) => entry.provider === 'spare' && wasSent(attempt))
  requests += spareRequests
  differ('requests of the spare', spare.length, spareRequests)
  differ(
    'input tokens of the spare',
    spare.reduce((total, { entry }) => total + entry.tokensIn, 0),
    spareRequests * spareUsage.input,
  )
  differ('entries without an attempt', mine.filter(({ attempt }) => attempt === null).length, 0)
  return { ledger, entries: mine.length, requests }
}

/** Uniform in [0, 1): mulberry32, the same for the same seed. */
function uniform(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
