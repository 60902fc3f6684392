import { z } from 'zod'
import { checkInput, EngineInputError, Provenance, provenanceOf, type Warning } from '../../contract/index.ts'
import { refuseDuplicates } from '../duplicates.ts'
import { runSearches, type SearchesOptions } from '../run-searches.ts'
import type { JobShopForm } from './job-shop-form.ts'
import type { FoundShop } from './search-job-shop.ts'

const version = '1.0.0'

export const JobShop = z
  .strictObject({
    jobs: z
      .array(
        z.strictObject({
          name: z.string().min(1),
          release: z.int().nonnegative().optional().describe('Earliest start; 0 unless told'),
          operations: z
            .array(
              z.strictObject({
                machine: z.string().min(1),
                duration: z.int().nonnegative().max(10_000_000).describe('In whole units of time of your choice'),
              }),
            )
            .min(1)
            .describe('In the order in which they must be done'),
        }),
      )
      .min(1),
  })
  .describe('Jobs whose operations need machines, one operation at a time on each machine, without interruption')
export type JobShop = z.infer<typeof JobShop>

export const JobShopSchedule = z.strictObject({
  makespan: z.int().describe('When the last operation ends'),
  bound: z.int().describe('No schedule is shorter than this'),
  gap: z.number().describe('(makespan - bound) / makespan; 0 when the schedule is proven to be shortest'),
  operations: z.array(
    z.strictObject({
      job: z.string(),
      step: z.int().describe('Place of the operation in its job, from 0'),
      machine: z.string(),
      start: z.int(),
      end: z.int(),
    }),
  ),
  provenance: Provenance,
})
export type JobShopSchedule = z.infer<typeof JobShopSchedule>

/**
 * Shortest schedule of a job shop, by tabu search with path relinking; the bound is that of Jackson's preemptive schedule.
 * @param options.searches independent searches, each in a thread; 1 unless told, then in the caller's thread
 * @throws EngineInputError for jobs of the same name
 */
export async function scheduleJobShop(input: JobShop, options: SearchesOptions = {}): Promise<JobShopSchedule> {
  const shop = checkInput(JobShop, input)
  refuseDuplicates('jobs.name', shop.jobs)
  const machines = [...new Set(shop.jobs.flatMap((job) => job.operations.map(({ machine }) => machine)))]
  const all = shop.jobs.flatMap((job, j) =>
    job.operations.map((operation, step) => ({ ...operation, job: job.name, j, step })),
  )
  const jobStart = new Int32Array(shop.jobs.length + 1)
  for (const [j, { operations }] of shop.jobs.entries()) jobStart[j + 1] = (jobStart[j] ?? 0) + operations.length
  // Operations without length get a crumb of time, so small that all crumbs together are less than one unit: then the
  // order of operations shows in their starts, and no move can make a circle.
  const fineness = all.some(({ duration }) => duration === 0) ? all.length + 1 : 1
  const longest = all.reduce(
    (sum, { duration }) => sum + duration + 1,
    Math.max(...shop.jobs.map(({ release }) => release ?? 0)),
  )
  if (longest * fineness >= 2 ** 31)
    throw new EngineInputError('wrong-unit', [
      {
        field: 'jobs.operations.duration',
        row: null,
        message: 'all durations together are too long; use a larger unit of time',
      },
    ])
  const form: JobShopForm = {
    jobs: shop.jobs.length,
    machines: machines.length,
    operations: all.length,
    jobStart,
    jobOf: Int32Array.from(all, ({ j }) => j),
    machineOf: Int32Array.from(all, ({ machine }) => machines.indexOf(machine)),
    duration: Int32Array.from(all, ({ duration }) => duration * fineness || 1),
    release: Int32Array.from(shop.jobs, ({ release }) => (release ?? 0) * fineness),
  }
  const { iterations, searches = 1, seed = 1 } = options
  const found = await runSearches<FoundShop>(
    new URL('./search-job-shop.ts', import.meta.url),
    'searchJobShop',
    [form],
    { ...options, seed, searches },
    (result) => result.makespan,
  )
  const makespan = Math.floor(found.makespan / fineness)
  const bound = Math.floor(found.bound / fineness)
  const warnings: Warning[] = found.clocked
    ? [
        {
          code: 'time-limit',
          message: 'The time limit decided how long was searched; a longer search may find a shorter schedule.',
        },
      ]
    : []
  return {
    makespan,
    bound,
    gap: makespan === 0 ? 0 : (makespan - bound) / makespan,
    operations: all.map(({ job, step, machine, duration }, o) => {
      const start = Math.floor((found.starts[o] ?? 0) / fineness)
      return { job, step, machine, start, end: start + duration }
    }),
    provenance: provenanceOf('solve/job-shop', version, seed, [shop, { iterations, searches }], warnings),
  }
}
