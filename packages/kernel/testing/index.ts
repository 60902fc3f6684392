export { startTestRuntime, type TestRuntime, type TestRuntimeOptions } from './test-runtime.ts'
export { createTestDatabase, type TestDatabase } from './test-database.ts'
export { watchStatements, type StatementWatch } from './watch-statements.ts'
export { startProcesses, type TestProcess, type TestProcesses } from './start-processes.ts'
