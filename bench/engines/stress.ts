import { runCase, type Case } from './stress/case.ts'

/**
 * Generated instances of shapes that no test and no public data set has: whether an engine answers all of them, within its
 * time limit, with numbers. `node bench/engines/stress.ts [engine...]`
 */
const engines: Record<string, () => Promise<{ cases: Case[] }>> = {
  solve: () => import('./stress/solve.ts'),
  series: () => import('./stress/series.ts'),
  table: () => import('./stress/table.ts'),
  text: () => import('./stress/text.ts'),
}

const asked = process.argv.slice(2)
let faults = 0
for (const [engine, load] of Object.entries(engines)) {
  if (asked.length > 0 && !asked.includes(engine)) continue
  for (const each of (await load()).cases) {
    const { seconds, fault } = await runCase(each)
    if (fault) faults++
    console.log(`${fault ? 'FAULT ' : 'passed'}  ${seconds.toFixed(1).padStart(5)} s  ${engine}: ${each.name}`)
    if (fault) console.log(`        ${fault}`)
  }
}
console.log(faults === 0 ? 'No faults.' : `${String(faults)} faults.`)
process.exit(faults === 0 ? 0 : 1)
