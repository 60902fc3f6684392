export * from './agent-installer.ts'
export * from './blueprint.ts'
