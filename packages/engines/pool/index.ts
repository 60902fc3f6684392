export { createPool, WorkerLostError, type Pool, type PoolOptions } from './pool.ts'
export { runInWorker } from './run-in-worker.ts'
