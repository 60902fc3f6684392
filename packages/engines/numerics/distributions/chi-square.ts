import { upperGamma } from './gamma-function.ts'

/** P(X > x) of a chi-squared variable, with all digits of a small tail. */
export const chiSquareAbove = (x: number, degrees: number): number => (x <= 0 ? 1 : upperGamma(degrees / 2, x / 2))
