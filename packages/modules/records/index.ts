export * from './record-store.ts'
