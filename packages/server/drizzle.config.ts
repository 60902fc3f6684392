import { defineConfig } from 'drizzle-kit'

// Needs no database: compares the schema files with the last snapshot and writes the next SQL migration.
export default defineConfig({
  dialect: 'postgresql',
  schema: ['packages/kernel/schema.ts', 'packages/kernel/tenants-table.ts', 'packages/modules/*/schema.ts'],
  out: 'packages/server/migrations',
  entities: { roles: false },
})
