export type { LinearRow, QuadraticProgram, RowSource } from './active-set.ts'
export { minimise, type QuadraticAnswer, solveQuadratic, UnsolvedError } from './dual-active-set.ts'
export { followQuadratic, type PathPiece } from './parametric.ts'
