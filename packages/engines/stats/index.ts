export * from './learning/index.ts'
export * from './portfolio/index.ts'
