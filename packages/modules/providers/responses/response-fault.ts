import type { Problem } from '@guildhall/kernel'
import { errorObject } from '../openai/problem.ts'
import { frame } from '../surface/event-stream.ts'

/** What was told of a response before it broke off. */
export interface BrokenResponse {
  shell: Record<string, unknown>
  output: readonly unknown[]
  /** `sequence_number` of the last event. */
  sequence: number
}

/**
 * A fault in the middle: `response.failed`, then `error`: the first for readers that wait for the last state, the second
 * since the official clients throw it.
 */
export function responseFault(problem: Problem, { shell, output, sequence }: BrokenResponse): string {
  const error = errorObject(problem)
  const { code, message, param } = error
  const response = { ...shell, status: 'failed', error: { code, message }, output }
  return (
    event('response.failed', { sequence_number: sequence + 1, response }) +
    event('error', { sequence_number: sequence + 2, code, message, param, error })
  )
}

function event(type: string, members: Record<string, unknown>): string {
  return frame(JSON.stringify({ type, ...members }), type)
}
