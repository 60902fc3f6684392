export { openBroadcast, silentBroadcast, type Broadcast, type Notice } from './broadcast.ts'
export { authorize } from './authorize.ts'
export { createCatalogue, inputFields, tablesIn, type Catalogue } from './catalogue.ts'
export { readAddressList, type AddressList } from './address-list.ts'
export { ConfigError, parseConfig, variables, type Config } from './config.ts'
export type {
  Actor,
  Caller,
  Context,
  EnqueueOptions,
  Services,
  Tenant,
  TransactionContext,
  TransactionOptions,
} from './context.ts'
export { csvLine, csvPages, type CsvExport } from './csv.ts'
export { openDatabase, type Database, type Scope, type TenantDatabase } from './database.ts'
export { endpoint, type Endpoint, type RawExchange } from './endpoint.ts'
export { fieldProblems, type ExecuteOptions } from './execute.ts'
export { isId, newId } from './ids.ts'
export { insertRows } from './insert-rows.ts'
export { job, type Job } from './job.ts'
export { localKeyRing, openBytes, sealBytes, secretFile, type KeyRing } from './keyring.ts'
export { containsText, filterOf, Id, listInput, listRows, matches, page, Slug, Timestamp } from './list.ts'
export { createLogger, type Logger } from './log.ts'
export { migrateDatabase, type MigrateResult } from './migrate.ts'
export { defineModule, type Authenticator, type DomainEvent, type HealthReport, type Module } from './module.ts'
export {
  isRead,
  methodOf,
  operation,
  pathOf,
  pathParameters,
  type AnyOperation,
  type Method,
  type Operation,
  type Route,
} from './operation.ts'
export { allows, mayGrant, roles, strongest, type Permission, type Requirement, type Role } from './permissions.ts'
export {
  asProblem,
  conflict,
  forbidden,
  invalidInput,
  notConfigured,
  notFound,
  Problem,
  problemDocument,
  unauthenticated,
  type FieldProblem,
} from './problem.ts'
export { isKnownDead, thisProcess } from './process-identity.ts'
export { remember, type Remembered, type RememberedOptions } from './remembered.ts'
export { anonymousCaller, createRuntime, systemCaller, type Runtime, type RuntimeParts } from './runtime.ts'
export { checkOutgoingUrl, isPublicAddress, parsePrivateHosts, safeFetch, safeRequest } from './safe-fetch.ts'
export * as kernelSchema from './schema.ts'
export { auditEvents, idempotencyKeys, jobs, outboxEvents, tenants } from './schema.ts'
export { sqlState } from './sql-state.ts'
export { currentTenant, grantOf, tenantTable } from './table.ts'
export type { Brand } from './tenants-table.ts'
export { createVaults, type SealedPlace, type Vault } from './vault.ts'
export { startWorker, type Worker } from './worker.ts'
