export { createDatabase, dropDatabase, type DatabaseUrls } from './create-database.ts'
export {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  type StartStage,
} from './embedded-postgres.ts'
export {
  ExternalPostgresError,
  prepareExternalPostgres,
  type ExternalPostgres,
  type ExternalPostgresOptions,
} from './external-postgres.ts'
export { PostgresError, StoreMissingError } from './errors.ts'
export { readStoreMarker, writeStoreMarker, type StoreMarker } from './store-marker.ts'
