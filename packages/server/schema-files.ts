import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { kernelSchema, tablesIn } from '@guildhall/kernel'
import type { PgTable } from 'drizzle-orm/pg-core'

const modules = new URL('../modules/', import.meta.url)

/** Every table of the product, found where drizzle-kit finds them, so that none can be migrated and left unsecured. */
export async function allTables(): Promise<PgTable[]> {
  const schemas: Record<string, unknown>[] = [kernelSchema]
  for (const name of await readdir(modules)) {
    const file = new URL(`${name}/schema.ts`, modules)
    if (existsSync(file)) schemas.push(await import(file.href))
  }
  return tablesIn(schemas)
}

export const migrationsFolder = new URL('./migrations', import.meta.url).pathname
