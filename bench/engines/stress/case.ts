import { EngineInputError, InfeasibleError } from '../../../packages/engines/contract/index.ts'

/** An instance of a family that no engine was built on; it throws, or answers, in the ways that the contract allows. */
export interface Case {
  name: string
  /** Given to the engine as its time limit: it must be kept within 10 %. */
  maxMillis?: number
  /** @returns what is to be looked through for numbers that are none */
  run(maxMillis: number): unknown
}

export interface Outcome {
  seconds: number
  /** What is wrong; null: nothing. */
  fault: string | null
}

/** Starting threads and reading the input are not the search. */
const graceMillis = 250

export async function runCase(given: Case): Promise<Outcome> {
  const { maxMillis } = given
  const started = performance.now()
  const seconds = () => (performance.now() - started) / 1000
  try {
    const answer = await given.run(maxMillis ?? Infinity)
    const took = seconds()
    const wrong = notANumber(answer, '')
    if (wrong) return { seconds: took, fault: `${wrong} is not a number` }
    if (maxMillis !== undefined && took * 1000 > 1.1 * maxMillis + graceMillis)
      return { seconds: took, fault: `took longer than its limit of ${String(maxMillis / 1000)} s` }
    return { seconds: took, fault: null }
  } catch (error) {
    if (error instanceof EngineInputError || error instanceof InfeasibleError)
      return { seconds: seconds(), fault: `refused: ${error.message}` }
    return { seconds: seconds(), fault: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}

/** Where the first NaN or infinity is. */
function notANumber(value: unknown, path: string): string | null {
  if (typeof value === 'number') return Number.isFinite(value) ? null : path
  if (typeof value !== 'object' || value === null) return null
  const entries: [string | number, unknown][] =
    Array.isArray(value) || ArrayBuffer.isView(value)
      ? Array.from(value as unknown as ArrayLike<unknown>, (each, k) => [k, each])
      : Object.entries(value)
  for (const [key, each] of entries) {
    const found = notANumber(each, `${path}/${String(key)}`)
    if (found) return found
  }
  return null
}
