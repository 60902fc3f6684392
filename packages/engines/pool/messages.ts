import { z } from 'zod'
import {
  EngineInputError,
  InfeasibleError,
  ModelVersionError,
  type InputErrorCode,
  type InputFault,
} from '../contract/index.ts'
import type { Slice } from './parts.ts'

export interface Request {
  id: number
  moduleUrl: string
  exportName: string
  args: readonly unknown[]
  /** Options without what cannot be cloned. */
  options: Record<string, unknown>
  /** Raised to 1 when the caller aborts. */
  flag: Int32Array
  wantsProgress: boolean
}

/** Slices come before the request, or the result, that they belong to. */
export type ToWorker =
  | { request: Request }
  | { abort: number }
  | { slice: Slice & { id: number } }
  /** The slice of a result was taken in: the next one, please. So the caller takes in one in each turn of its loop. */
  | { more: number }

export type FromWorker =
  /** The module is loaded: the time limit runs from here. */
  | { id: number; started: true }
  | { id: number; progress: { share: number; what: string } }
  | { id: number; slice: Slice }
  | { id: number; result: unknown; inParts: boolean }
  | { id: number; error: PackedError }

/** Structured clone keeps the classes of JavaScript's own errors only. */
export type PackedError =
  | { kind: 'input'; code: InputErrorCode; faults: readonly InputFault[]; stack: string | undefined }
  | { kind: 'infeasible'; message: string; conflict: readonly string[]; stack: string | undefined }
  | { kind: 'model-version'; message: string; stack: string | undefined }
  | { kind: 'zod'; issues: z.core.$ZodIssue[]; stack: string | undefined }
  | { kind: 'other'; error: unknown }

export function packError(error: unknown): PackedError {
  if (error instanceof EngineInputError)
    return { kind: 'input', code: error.code, faults: error.faults, stack: error.stack }
  if (error instanceof InfeasibleError)
    return { kind: 'infeasible', message: error.message, conflict: error.conflict, stack: error.stack }
  if (error instanceof ModelVersionError) return { kind: 'model-version', message: error.message, stack: error.stack }
  if (error instanceof z.ZodError) return { kind: 'zod', issues: error.issues, stack: error.stack }
  return { kind: 'other', error: cloneable(error) }
}

export function unpackError(packed: PackedError): unknown {
  if (packed.kind === 'other') return packed.error
  const error =
    packed.kind === 'input'
      ? new EngineInputError(packed.code, packed.faults)
      : packed.kind === 'infeasible'
        ? new InfeasibleError(packed.message, packed.conflict)
        : packed.kind === 'zod'
          ? new z.ZodError(packed.issues)
          : new ModelVersionError(packed.message)
  if (packed.stack) error.stack = packed.stack
  return error
}

function cloneable(error: unknown): unknown {
  try {
    return structuredClone(error)
  } catch {
    const { message, stack } = error instanceof Error ? error : new Error(String(error))
    const plain = new Error(message)
    if (stack) plain.stack = stack
    return plain
  }
}
