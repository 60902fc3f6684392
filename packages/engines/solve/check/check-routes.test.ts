import { expect, it } from 'vitest'
import { planRoutes } from '../routing/plan-routes.ts'
import type { RoutingProblem } from '../routing/vroom.ts'
import { checkRoutes } from './check-routes.ts'

const line = [0, 100, 200, 300]
const problem: RoutingProblem = {
  jobs: [
    { id: 1, location_index: 1, delivery: [2], service: 5, time_windows: [[0, 500]] },
    { id: 2, location_index: 2, delivery: [2], service: 5, skills: [1] },
  ],
  shipments: [{ pickup: { id: 1, location_index: 3 }, delivery: { id: 1, location_index: 1 }, amount: [1] }],
  vehicles: [{ id: 1, start_index: 0, end_index: 0, capacity: [4], skills: [1], time_window: [0, 2000] }],
  matrices: { car: { durations: line.map((a) => line.map((b) => Math.abs(a - b))) } },
}

it('a plan is accepted as it is, and refused after each kind of tampering', async () => {
  const plan = await planRoutes(problem)
  expect(checkRoutes(problem, plan)).toEqual([])
  const tampered = (change: (copy: typeof plan) => unknown) => {
    const copy = structuredClone(plan)
    change(copy)
    return checkRoutes(problem, copy).join('; ')
  }
  const steps = (copy: typeof plan) => copy.routes[0]?.steps ?? []
  const job = (copy: typeof plan) => steps(copy).find(({ type }) => type === 'job')
  expect(tampered((copy) => steps(copy).splice(2, 1))).toContain('neither served nor unassigned')
  expect(tampered((copy) => Object.assign(job(copy) ?? {}, { arrival: 1 }))).toContain('arrives')
  expect(tampered((copy) => Object.assign(job(copy) ?? {}, { service: 0 }))).toContain('service is wrong')
  expect(tampered((copy) => Object.assign(copy.routes[0] ?? {}, { cost: 1 }))).toContain('cost')
  expect(tampered((copy) => copy.unassigned.push({ type: 'job', id: 1, reason: '' }))).toContain('twice')
  expect(tampered((copy) => copy.routes[0]?.steps.sort((a, b) => b.arrival - a.arrival))).toContain('before its pickup')
  expect(
    checkRoutes(
      {
        ...problem,
        vehicles: [{ ...problem.vehicles[0], id: 1, capacity: [3], skills: [], start_index: 0, end_index: 0 }],
      },
      plan,
    ).join('; '),
  ).toMatch(/does not fit.*skills/)
  expect(
    checkRoutes(
      { ...problem, jobs: problem.jobs?.map((each) => ({ ...each, time_windows: [[900, 901]] })) },
      plan,
    ).join('; '),
  ).toContain('outside its windows')
})
