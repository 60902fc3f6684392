import { readFileSync } from 'node:fs'
import {
  checkDispatch,
  checkJobShop,
  checkRoutes,
  dispatchPower,
  parseMatpower,
  planRoutes,
  scheduleJobShop,
  type JobShop,
  type RoutingProblem,
} from '../../packages/engines/solve/index.ts'
import type { Score } from './score.ts'

const seconds = 1000

interface RoutingInstance {
  problem: RoutingProblem
  /** Cost of the best known routes, in the unit of the matrix. */
  best: number
}

/** CVRPLIB: Euclidean distances rounded to whole numbers. */
function capacitated(vrp: string, sol: string): RoutingInstance {
  const text = readFileSync(vrp, 'utf8')
  const rows = (section: string) =>
    (new RegExp(`${section}_SECTION([\\s\\d.-]+)`).exec(text)?.[1] ?? '')
      .trim()
      .split('\n')
      .map((row) => row.trim().split(/\s+/).map(Number))
  const points = rows('NODE_COORD')
  const capacity = Number(/CAPACITY\s*:\s*(\d+)/.exec(text)?.[1])
  const durations = points.map(([, x = 0, y = 0]) =>
    points.map(([, u = 0, v = 0]) => Math.round(Math.hypot(x - u, y - v))),
  )
  const jobs = rows('DEMAND')
    .slice(1)
    .map(([, demand = 0], i) => ({ id: i + 1, location_index: i + 1, delivery: [demand] }))
  return {
    problem: {
      jobs,
      vehicles: jobs.map((_, id) => ({ id, start_index: 0, end_index: 0, capacity: [capacity] })),
      matrices: { car: { durations } },
    },
    best: bestKnown(sol),
  }
}

/** Solomon's instances by the DIMACS convention: distances cut after one decimal, only distance counts. Unit: tenths. */
function withWindows(txt: string, sol: string): RoutingInstance {
  const rows = readFileSync(txt, 'utf8')
    .split('\n')
    .map((row) => row.trim().split(/\s+/).map(Number))
    .filter((row) => row.length > 1 && row.every(Number.isFinite))
  const [fleet = 0, capacity = 0] = rows[0] ?? []
  const places = rows
    .filter((row) => row.length === 7)
    .map(([, x = 0, y = 0, demand = 0, ready = 0, due = 0, service = 0]) => ({ x, y, demand, ready, due, service }))
  const durations = places.map((a) => places.map((b) => Math.floor(10 * Math.hypot(a.x - b.x, a.y - b.y) + 1e-9)))
  return {
    problem: {
      jobs: places.slice(1).map(({ demand, ready, due, service }, i) => ({
        id: i + 1,
        location_index: i + 1,
        delivery: [demand],
        service: service * 10,
        time_windows: [[ready * 10, due * 10]],
      })),
      vehicles: Array.from({ length: fleet }, (_, id) => ({
        id,
        start_index: 0,
        end_index: 0,
        capacity: [capacity],
        time_window: [0, (places[0]?.due ?? 0) * 10] as [number, number],
      })),
      matrices: { car: { durations } },
    },
    best: Math.round(bestKnown(sol) * 10),
  }
}

const bestKnown = (sol: string) => Number(/Cost\s+([\d.]+)/.exec(readFileSync(sol, 'utf8'))?.[1])

/** Gap to the best known routes in percent; the routes are checked apart from the search. */
async function routingGap({ problem, best }: RoutingInstance, millis: number): Promise<number> {
  const planned = await planRoutes(problem, { iterations: Infinity, maxMillis: millis, searches: 2 })
  const faults = checkRoutes(problem, planned)
  if (faults.length > 0 || planned.unassigned.length > 0)
    throw new Error(`Routes are not feasible: ${faults[0] ?? 'tasks are left'}`)
  return (planned.summary.cost / best - 1) * 100
}

/** The mean gap over several instances, and each of them. */
function routingScore(
  dataset: string,
  folder: string,
  names: string[],
  read: typeof capacitated,
  suffix: string,
  millis: number,
  most: number,
  source: string,
): Score {
  const file = (name: string, end: string) => `routing/${folder}/${name}${end}`
  return {
    engine: 'solve',
    dataset,
    metric: `mean gap to best known, ${String(millis / seconds)} s each`,
    published: `<= ${String(most)} %`,
    source,
    needs: names.flatMap((name) => [file(name, suffix), file(name, '.sol')]),
    async run(data, progress) {
      const gaps: number[] = []
      for (const name of names) {
        gaps.push(await routingGap(read(data(file(name, suffix)), data(file(name, '.sol'))), millis))
        progress(`${name} ${gaps.at(-1)?.toFixed(2) ?? ''} %`)
      }
      const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length
      const each = names.map((name, i) => `${name} ${gaps[i]?.toFixed(2) ?? ''}`).join(', ')
      return { value: `${mean.toFixed(2)} % (${each})`, ok: mean <= most }
    },
  }
}

/** An instance in the standard form: jobs and machines, then for each job pairs of machine and duration. */
function jobShop(path: string): JobShop {
  const rows = readFileSync(path, 'utf8')
    .split('\n')
    .filter((row) => row.trim() !== '' && !row.startsWith('#'))
    .map((row) => row.trim().split(/\s+/).map(Number))
  const [jobs = 0] = rows[0] ?? []
  return {
    jobs: rows.slice(1, jobs + 1).map((row, j) => ({
      name: String(j),
      operations: Array.from({ length: row.length / 2 }, (_, k) => ({
        machine: String(row[2 * k]),
        duration: row[2 * k + 1] ?? 0,
      })),
    })),
  }
}

const shopFile = (name: string) => `jobshop/${name}.txt`

function jobShopScore(dataset: string, names: string[], millis: number, most: number): Score {
  return {
    engine: 'solve',
    dataset,
    metric: `largest gap to the optimum, ${String(millis / seconds)} s each`,
    published: `<= ${String(most)} %`,
    source: 'proven optima (JSPLIB)',
    needs: ['jobshop/optima.json', ...names.map(shopFile)],
    async run(data, progress) {
      const optima = JSON.parse(readFileSync(data('jobshop/optima.json'), 'utf8')) as {
        name: string
        optimum: number
      }[]
      const found: string[] = []
      let worst = 0
      for (const name of names) {
        const shop = jobShop(data(shopFile(name)))
        const schedule = await scheduleJobShop(shop, { iterations: Infinity, maxMillis: millis, searches: 2 })
        const [fault] = checkJobShop(shop, schedule)
        if (fault) throw new Error(`${name}: ${fault}`)
        const optimum = optima.find((each) => each.name === name)?.optimum ?? Number.NaN
        worst = Math.max(worst, (schedule.makespan / optimum - 1) * 100)
        found.push(`${name} ${String(schedule.makespan)}/${String(optimum)}`)
        progress(found.at(-1) ?? '')
      }
      return { value: `${worst.toFixed(2)} % (${found.join(', ')})`, ok: worst <= most }
    },
  }
}

function dispatchScore(name: string, published: number): Score {
  return {
    engine: 'solve',
    dataset: `pglib-opf ${name}`,
    metric: 'DC optimal power flow, $/h',
    published: String(published),
    source: 'pglib-opf baseline (PowerModels DCP)',
    needs: [`power/pglib_opf_${name}.m`],
    async run(data) {
      const network = parseMatpower(readFileSync(data(`power/pglib_opf_${name}.m`), 'utf8'))
      const dispatch = await dispatchPower(network)
      const [fault] = checkDispatch(network, dispatch)
      if (fault) throw new Error(fault)
      const gap = Math.abs(dispatch.cost / published - 1) * 100
      return { value: `${dispatch.cost.toFixed(1)} (${gap.toFixed(4)} %)`, ok: gap <= 0.01 }
    },
  }
}

export const scores: Score[] = [
  routingScore(
    'CVRPLIB X, up to 200 customers',
    'cvrplib-x',
    ['X-n101-k25', 'X-n120-k6', 'X-n157-k13', 'X-n200-k36'],
    capacitated,
    '.vrp',
    30 * seconds,
    0.3,
    'CVRPLIB; HGS-2012 0.11-0.2 % at 240 n/100 s',
  ),
  routingScore(
    'CVRPLIB X, 500 customers',
    'cvrplib-x',
    ['X-n502-k39'],
    capacitated,
    '.vrp',
    60 * seconds,
    0.6,
    'CVRPLIB; HGS-2012 0.11-0.2 % at 240 n/100 s',
  ),
  routingScore(
    'Solomon, 100 customers',
    'solomon',
    ['C101', 'C106', 'C201', 'R101', 'R105', 'R112', 'R201', 'R208', 'RC101', 'RC107', 'RC201', 'RC208'],
    withWindows,
    '.txt',
    30 * seconds,
    0.5,
    'DIMACS best known, distance only',
  ),
  jobShopScore(
    'ft, la, abz up to 10 x 10 and ft20',
    ['ft06', 'ft10', 'ft20', 'la01', 'la05', 'la16', 'abz5'],
    60 * seconds,
    0,
  ),
  jobShopScore('la21', ['la21'], 60 * seconds, 1),
  dispatchScore('case5_pjm', 17480),
  dispatchScore('case14_ieee', 2051.5),
  dispatchScore('case24_ieee_rts', 61001),
  dispatchScore('case118_ieee', 93101),
]
