import type { JobShop, JobShopSchedule } from '../schedule/schedule-job-shop.ts'
import type { Project, ProjectSchedule } from '../schedule/schedule-project.ts'

/** Checks a schedule against the shop alone. @returns what is broken */
export function checkJobShop(shop: JobShop, schedule: JobShopSchedule): string[] {
  const faults: string[] = []
  const busy = new Map<string, [number, number][]>()
  for (const job of shop.jobs) {
    let ready = job.release ?? 0
    for (const [step, { machine, duration }] of job.operations.entries()) {
      const found = schedule.operations.filter((each) => each.job === job.name && each.step === step)
      const [each] = found
      if (!each || found.length > 1 || each.machine !== machine || each.end - each.start !== duration) {
        faults.push(`${job.name}, step ${String(step)} is missing or wrong`)
        continue
      }
      if (each.start < ready) faults.push(`${job.name}, step ${String(step)} begins too early`)
      ready = each.end
      busy.set(machine, [...(busy.get(machine) ?? []), [each.start, each.end]])
    }
    if (ready > schedule.makespan) faults.push(`${job.name} ends after the makespan`)
  }
  for (const [machine, times] of busy) {
    const inOrder = times.filter(([start, end]) => end > start).toSorted((a, b) => a[0] - b[0])
    if (inOrder.some(([start], i) => i > 0 && start < (inOrder[i - 1]?.[1] ?? 0)))
      faults.push(`${machine} does two things at once`)
  }
  if (schedule.makespan !== Math.max(...schedule.operations.map(({ end }) => end)))
    faults.push('the makespan is told wrongly')
  if (schedule.bound > schedule.makespan) faults.push('the bound is above the makespan')
  return faults
}

/** Checks a schedule against the project alone. @returns what is broken */
export function checkProject(project: Project, schedule: ProjectSchedule): string[] {
  const faults: string[] = []
  const times = new Map(schedule.activities.map((each) => [each.name, each]))
  for (const { name, duration, after } of project.activities) {
    const own = times.get(name)
    if (!own || own.end - own.start !== duration || own.start < 0) faults.push(`${name} is missing or wrong`)
    for (const other of after ?? [])
      if ((own?.start ?? -1) < (times.get(other)?.end ?? Infinity)) faults.push(`${name} begins before ${other} ends`)
  }
  for (const [resource, units] of Object.entries(project.resources))
    for (const { start: time } of schedule.activities) {
      const used = project.activities.reduce((sum, { name, needs }) => {
        const own = times.get(name)
        return own && own.start <= time && time < own.end ? sum + (needs?.[resource] ?? 0) : sum
      }, 0)
      if (used > units) faults.push(`${resource} is overused at ${String(time)}`)
    }
  if (schedule.makespan !== Math.max(...schedule.activities.map(({ end }) => end)))
    faults.push('the makespan is told wrongly')
  if (schedule.bound > schedule.makespan) faults.push('the bound is above the makespan')
  return faults
}
