export { createDatabase, dropDatabase, type DatabaseUrls } from './create-database.ts'
export { startEmbeddedPostgres, type EmbeddedPostgres } from './embedded-postgres.ts'
export { prepareExternalPostgres } from './external-postgres.ts'
export { readStoreMarker, writeStoreMarker } from './store-marker.ts'
