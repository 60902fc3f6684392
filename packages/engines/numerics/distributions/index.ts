/** Distribution functions: `below` is P(X <= x), `above` is P(X > x) without losing the digits of a small tail. */
export { betaBelow, betaQuantile } from './beta.ts'
export { chiSquareAbove } from './chi-square.ts'
export { logGamma } from './gamma-function.ts'
export { normalAbove, normalBelow, normalDensity, normalLoss, normalQuantile, normalTwoSided } from './normal.ts'
export { studentAbove, studentQuantile, studentTwoSided } from './student.ts'
