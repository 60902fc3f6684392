/**
 * Numerics that several engines need: small dense linear algebra, minimisation, roots and distributions. Plain
 * functions over typed arrays that check nothing: the engines do.
 */
export { cholesky, factorise, factoriseDefinite, invertDefinite, solveDefinite, solveFactorised } from './cholesky.ts'
export * from './distributions/index.ts'
export { drawGamma } from './draw-gamma.ts'
export { integerRows, type IntegerRows } from './integer-products/index.ts'
export { invertLarge } from './invert-large.ts'
export { minimiseSmooth, type Minimum } from './lbfgs.ts'
export { flatten, innerProduct, multiply } from './matrix.ts'
export { minimiseSimplex } from './nelder-mead.ts'
export * from './quadratic-program/index.ts'
export { solveRidge } from './ridge.ts'
export { findRoot } from './root.ts'
export { logit, logLoss, sigmoid } from './sigmoid.ts'
export { covariance, isConstant, mean, quantileOfSorted, variance } from './summary.ts'
export { symmetricEigen } from './symmetric-eigen.ts'
