import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrateDatabase } from '@guildhall/kernel'
import type { TestProject } from 'vitest/node'
import { createDatabase, startEmbeddedPostgres } from '../postgres/index.ts'
import { allTables, migrationsFolder } from '../schema-files.ts'

/** One PostgreSQL for a test run, with a migrated template that each test file copies. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = await mkdtemp(join(tmpdir(), 'guildhall-pg-'))
  const server = await startEmbeddedPostgres({ dataDir, log: { info: () => undefined, warn: () => undefined } })
  const template = await createDatabase(server, 'guildhall_template')
  await migrateDatabase({ url: template.ownerUrl, folder: migrationsFolder, tables: await allTables() })
  project.provide('testServer', { ...template, adminUrl: server.adminUrl, template: 'guildhall_template' })
  return async () => {
    await server.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}
