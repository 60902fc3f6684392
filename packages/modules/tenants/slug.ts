import { tenants, type Database } from '@guildhall/kernel'
import { and, eq, like, or } from 'drizzle-orm'

/** Names that the console uses as paths beside the clients. */
const reserved = new Set(['new', 'agency'])

/** `Müller & Söhne GmbH` -> `muller-sohne-gmbh`; `client` when nothing is left. */
export function slugOf(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 55)
    .replaceAll(/^-+|-+$/g, '')
  return plain === '' ? 'client' : plain
}

export function isReserved(slug: string): boolean {
  return reserved.has(slug)
}

/** The slug of a name, with a number behind it when the agency has it already. */
export async function freeSlug(db: Database, agencyId: string, name: string): Promise<string> {
  const slug = slugOf(name)
  const rows = await db
    .select({ slug: tenants.slug })
    .from(tenants)
    .where(and(eq(tenants.agencyId, agencyId), or(eq(tenants.slug, slug), like(tenants.slug, `${slug}-%`))))
  const taken = new Set(rows.map((row) => row.slug))
  if (!taken.has(slug) && !isReserved(slug)) return slug
  for (let number = 2; ; number++) if (!taken.has(`${slug}-${number}`)) return `${slug}-${number}`
}
