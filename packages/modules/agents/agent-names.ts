import type { NamesById } from '@guildhall/modules/limits'
import { inArray } from 'drizzle-orm'
import { agents } from './schema.ts'

/** For limits, which are set by agent. */
export const agentNames: NamesById = {
  async of(db, ids) {
    const rows = await db
      .select({ id: agents.id, name: agents.name })
      .from(agents)
      .where(inArray(agents.id, [...ids]))
    return new Map(rows.map((row) => [row.id, row.name]))
  },
}
