export * from './learning/index.ts'
export * from './portfolio/index.ts'
export * from './risk/index.ts'
export * from './actuarial/index.ts'
