import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrateDatabase } from '@guildhall/kernel'
import { migrateIdentity } from '@guildhall/modules/identity'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { createDatabase, dropDatabase, startEmbeddedPostgres, type DatabaseUrls } from '../postgres/index.ts'
import { allTables, migrationsFolder } from '../schema-files.ts'

interface TestCluster extends DatabaseUrls {
  stop(): Promise<void>
}

/**
 * One PostgreSQL for a test run, with a migrated template that each test file copies: the embedded one, or the server
 * at `TEST_DATABASE_URL` (a superuser, since tests make databases and roles).
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const cluster = process.env['TEST_DATABASE_URL']
    ? await externalCluster(process.env['TEST_DATABASE_URL'])
    : await embeddedCluster()
  const name = `guildhall_template_${randomBytes(4).toString('hex')}`
  let template: DatabaseUrls
  try {
    template = await createDatabase(cluster, name)
    await migrateDatabase({ url: template.ownerUrl, folder: migrationsFolder, tables: await allTables() })
    await migrateIdentity(template)
  } catch (error) {
    await cluster.stop()
    throw error
  }
  project.provide('testServer', { ...template, adminUrl: cluster.adminUrl, template: name })
  return async () => {
    await dropDatabase(cluster, name)
    await cluster.stop()
  }
}

async function embeddedCluster(): Promise<TestCluster> {
  const dataDir = await mkdtemp(join(tmpdir(), 'guildhall-pg-'))
  const server = await startEmbeddedPostgres({ dataDir, log: { info: () => undefined, warn: () => undefined } })
  const { adminUrl, ownerUrl, appUrl, authUrl } = server
  return {
    adminUrl,
    ownerUrl,
    appUrl,
    authUrl,
    stop: async () => {
      await server.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** The same roles as in the embedded cluster, with passwords of this run. */
async function externalCluster(adminUrl: string): Promise<TestCluster> {
  const password = randomBytes(16).toString('hex')
  const admin = new pg.Client({ connectionString: adminUrl })
  await admin.connect()
  for (const role of ['gh_owner', 'gh_app', 'gh_auth', 'gh_worker']) {
    const { rowCount } = await admin.query('select 1 from pg_roles where rolname = $1', [role])
    if (rowCount === 0) await admin.query(`create role ${role}`)
    await admin.query(
      `alter role ${role} nosuperuser nobypassrls nocreatedb nocreaterole ${role === 'gh_worker' ? 'nologin' : `login password '${password}'`}`,
    )
  }
  const { rows } = await admin.query<{ version: number }>(
    `select current_setting('server_version_num')::int as version`,
  )
  await admin.query(
    (rows[0]?.version ?? 0) >= 160_000
      ? 'grant gh_worker to gh_app with inherit false, set true'
      : 'alter role gh_app noinherit',
  )
  if ((rows[0]?.version ?? 0) < 160_000) await admin.query('grant gh_worker to gh_app')
  await admin.end()
  const login = (user: string) => {
    const url = new URL(adminUrl)
    url.username = user
    url.password = password
    return url.href
  }
  return {
    adminUrl,
    ownerUrl: login('gh_owner'),
    appUrl: login('gh_app'),
    authUrl: login('gh_auth'),
    stop: async () => undefined,
  }
}
