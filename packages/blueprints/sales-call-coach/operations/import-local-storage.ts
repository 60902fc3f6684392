import { ConversationError } from '@guildhall/engines/conversation'
import { Id, operation, Problem } from '@guildhall/kernel'
import { z } from 'zod'
import { blueprintId } from '../blueprint-id.ts'
import { EntryError } from '../import/entry-error.ts'
import { importEntry } from '../import/import-entry.ts'
import { itemKey, mapItem } from '../import/map-item.ts'
import { dumpKeys, readDump } from '../import/read-dump.ts'
import { stableId } from '../stable-id.ts'

const Remark = z.object({ position: z.int().describe('Place in the list, from 0'), reason: z.string() })

const Outcome = z.object({
  list: z.enum(dumpKeys),
  read: z.int(),
  imported: z.int().describe('New records; in a dry run: would be imported'),
  unchanged: z.int().describe('There already from an earlier import'),
  failed: z.array(Remark),
  notes: z.array(Remark).describe('Imported, but not as it stands in the dump'),
})

export const importLocalStorage = operation({
  name: 'coach.import-local-storage',
  summary: 'Import the JSON dump of the older browser application’s localStorage; safe to repeat',
  description:
    'Send `dryRun: true` first: nothing is written, and the report says what would be imported and what cannot be read and why.',
  route: 'POST /import-local-storage',
  permission: 'records:write',
  tenant: 'client',
  external: true,
  tool: false,
  maxBody: 64 * 1024 * 1024,
  input: z.object({
    projectId: Id.optional(),
    dump: z.record(z.string(), z.unknown()),
    dryRun: z.boolean().default(true),
  }),
  output: z.object({
    dryRun: z.boolean(),
    lists: z.array(Outcome),
    ignored: z.array(z.string()).describe('Keys of the dump that are not known'),
  }),
  async run({ projectId, dump, dryRun }, ctx) {
    const project = await ctx.services.projects.resolve(ctx, blueprintId, projectId)
    const { lists, ignored } = readDump(dump)
    const companies = new Map<string, string>()
    const outcomes: z.output<typeof Outcome>[] = []
    // In this order, so that analyses find the companies that they name.
    for (const key of dumpKeys) {
      const list = lists.get(key)
      if (!list) continue
      const outcome: z.output<typeof Outcome> = {
        list: key,
        read: list.items.length + list.unreadable.length,
        imported: 0,
        unchanged: 0,
        failed: [...list.unreadable],
        notes: [],
      }
      const seen = new Set<string>()
      for (const { item, position } of list.items) {
        const notes: string[] = []
        try {
          const mapped = mapItem(key, item, {
            company: (name) => companies.get(name.toLowerCase()),
            note: (reason) => notes.push(reason),
          })
          const id = stableId(project.id, 'local-storage', key, itemKey(item))
          if (seen.has(id)) {
            outcome.unchanged++
            continue
          }
          seen.add(id)
          if (await importEntry(ctx, project, id, mapped, dryRun)) {
            outcome.imported++
            outcome.notes.push(...notes.map((reason) => ({ position, reason })))
          } else outcome.unchanged++
          // In a dry run the company is not there to be referred to.
          if (key === 'clients' && !dryRun) companies.set(String(mapped.data['name']).toLowerCase(), id)
        } catch (error) {
          if (ctx.signal.aborted) throw error
          outcome.failed.push({ position, reason: reasonOf(error) })
        }
      }
      outcomes.push(outcome)
    }
    return { dryRun, lists: outcomes, ignored }
  },
})

/** What was wrong with an entry. @throws the error itself when it is not about the entry */
function reasonOf(error: unknown): string {
  if (error instanceof Problem) {
    if (error.status >= 500) throw error
    const fields = error.errors.map(({ field, message }) => (field ? `${field}: ${message}` : message))
    return fields.join('; ') || error.message
  }
  if (error instanceof ConversationError) return error.message
  if (error instanceof EntryError) return error.message
  throw error
}
