import type { Program } from '../program/program.ts'

/**
 * Checks values against the program alone.
 * @param tolerance relative to the size of the terms
 * @returns constraints, bounds and integrality that are broken, and an objective that is told wrongly
 */
export function checkProgram(
  program: Program,
  solution: { values: Readonly<Record<string, number>>; objective: number },
  tolerance = 1e-6,
): string[] {
  const faults: string[] = []
  const value = (name: string) => solution.values[name] ?? Number.NaN
  let objective = program.offset ?? 0
  for (const { name, min, max, integer, cost } of program.variables) {
    const x = value(name)
    objective += (cost ?? 0) * x
    const slack = tolerance * Math.max(1, Math.abs(x))
    if (!Number.isFinite(x)) faults.push(`${name} has no value`)
    if (min !== null && x < (min ?? 0) - slack) faults.push(`${name} is below its bound`)
    if (x > (max ?? Infinity) + slack) faults.push(`${name} is above its bound`)
    if (integer && Math.abs(x - Math.round(x)) > tolerance) faults.push(`${name} is not whole`)
  }
  for (const { name, terms, min, max } of program.constraints) {
    const parts = terms.map(({ variable, factor }) => factor * value(variable))
    const sum = parts.reduce((a, b) => a + b, 0)
    const slack = tolerance * Math.max(1, ...parts.map(Math.abs))
    if (sum < (min ?? -Infinity) - slack || sum > (max ?? Infinity) + slack)
      faults.push(`${name} is broken: ${String(sum)}`)
  }
  for (const { first, second, factor } of program.quadratic ?? []) objective += factor * value(first) * value(second)
  if (Math.abs(objective - solution.objective) > tolerance * Math.max(1, Math.abs(objective)))
    faults.push(`the objective is ${String(objective)}, not ${String(solution.objective)}`)
  return faults
}
