/**
 * Statistics that have a name and a paper: portfolios and their risk, claims reserves, what learners know, experiments,
 * trends, clinical scores and queues. Each function checks its input, computes in one place and says where its result
 * comes from; those that fit something return a model that can be saved.
 */
export * from './actuarial/index.ts'
export * from './clinical/index.ts'
export * from './experiments/index.ts'
export * from './learning/index.ts'
export * from './portfolio/index.ts'
export * from './queueing/index.ts'
export * from './risk/index.ts'
export * from './trends/index.ts'
