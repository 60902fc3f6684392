import { findRoot } from '../root.ts'
import { incompleteBeta } from './gamma-function.ts'

/** P(X <= x) of Beta(a, b). */
export const betaBelow = (x: number, a: number, b: number): number => incompleteBeta(a, b, x)

/** The x with P(X <= x) = p. */
export const betaQuantile = (p: number, a: number, b: number): number =>
  p <= 0 ? 0 : p >= 1 ? 1 : (findRoot((x) => incompleteBeta(a, b, x) - p, 0, 1, 0) ?? 0)
