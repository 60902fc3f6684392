import { z } from 'zod'

const Column = z.object({ name: z.string(), type: z.string() })

/** What an archive holds; its last member, so it also proves that the archive is whole. */
export const Manifest = z.object({
  format: z.literal(1),
  /** ISO 8601, UTC. */
  createdAt: z.iso.datetime(),
  /** Version of the PostgreSQL that the data came from. */
  postgres: z.string(),
  /** Hashes of the migrations that made the tables, in order. */
  migrations: z.array(z.string()),
  tables: z.array(
    z.object({
      schema: z.string(),
      name: z.string(),
      columns: z.array(Column),
      rows: z.number().int().nonnegative(),
      parts: z.array(z.string()),
    }),
  ),
  sequences: z.array(z.object({ schema: z.string(), name: z.string(), lastValue: z.string().nullable() })),
  files: z.object({ count: z.number().int().nonnegative(), bytes: z.number().nonnegative() }),
  keys: z.enum(['included', 'excluded']),
  /** Every other member of the archive. */
  members: z.record(z.string(), z.object({ bytes: z.number().int().nonnegative(), sha256: z.string() })),
})
export type Manifest = z.output<typeof Manifest>
export type Member = Manifest['members'][string]

export const manifestName = 'manifest.json'
export const introductionName = 'backup.json'

/** The first member: lets a reader refuse a newer format before it reads gigabytes. */
export const Introduction = z.object({
  guildhallBackup: z.literal(1),
  createdAt: z.string(),
  keys: z.enum(['included', 'excluded']),
})

export function tableFolder(schema: string, name: string): string {
  return `tables/${encodeURIComponent(schema)}.${encodeURIComponent(name)}`
}
