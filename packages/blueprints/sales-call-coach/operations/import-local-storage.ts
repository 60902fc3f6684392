import { Id, operation, Problem, type Context } from '@guildhall/kernel'
import type { InstalledProject } from '@guildhall/modules/projects'
import { z } from 'zod'
import { blueprintId } from '../blueprint-id.ts'
import { itemKey, mapItem, type MappedRecord } from '../import/map-item.ts'
import { dumpKeys, readDataUrl, readDump, type DumpKey } from '../import/read-dump.ts'
import { stableId } from '../stable-id.ts'

const Outcome = z.object({
  list: z.enum(dumpKeys),
  read: z.int(),
  imported: z.int().describe('New records; in a dry run: would be imported'),
  unchanged: z.int().describe('There already from an earlier import'),
  failed: z.array(z.object({ position: z.int(), reason: z.string() })),
})

export const importLocalStorage = operation({
  name: 'coach.import-local-storage',
  summary: 'Import the JSON dump of the older browser application’s localStorage; safe to repeat',
  description: 'Send `dryRun: true` first: nothing is written, and the report says what would be imported and what cannot be read and why.',
  route: 'POST /import-local-storage',
  permission: 'records:write',
  tenant: 'client',
  external: true,
  tool: false,
  maxBody: 64 * 1024 * 1024,
  input: z.object({ projectId: Id.optional(), dump: z.record(z.string(), z.unknown()), dryRun: z.boolean().default(true) }),
  output: z.object({ dryRun: z.boolean(), lists: z.array(Outcome), ignored: z.array(z.string()).describe('Keys of the dump that are not known') }),
  async run({ projectId, dump, dryRun }, ctx) {
    const project = await ctx.services.projects.resolve(ctx, blueprintId, projectId)
    const { lists, ignored } = readDump(dump)
    const companies = new Map<string, string>()
    const outcomes: z.output<typeof Outcome>[] = []
    // In this order, so that analyses find the companies that they name.
    for (const key of dumpKeys) {
      const list = lists.get(key)
      if (!list) continue
      const outcome: z.output<typeof Outcome> = { list: key, read: list.items.length + list.unreadable.length, imported: 0, unchanged: 0, failed: [...list.unreadable] }
      for (const { item, position } of list.items) {
        try {
          const mapped = mapItem(key, item, { client: (name) => companies.get(name.toLowerCase()) })
          const id = stableId(project.id, 'local-storage', key, itemKey(item))
          if (key === 'clients') companies.set(String(mapped.data['name']).toLowerCase(), id)
          const isNew = await importRecord(ctx, project, key, id, mapped, dryRun)
          if (isNew) outcome.imported++
          else outcome.unchanged++
        } catch (error) {
          outcome.failed.push({ position, reason: reasonOf(error) })
        }
      }
      outcomes.push(outcome)
    }
    return { dryRun, lists: outcomes, ignored }
  },
})

/** Ends a dry run's transaction without leaving anything: the very same checks ran. */
class DryRun extends Error {}

async function importRecord(ctx: Context, project: InstalledProject, key: DumpKey, id: string, mapped: MappedRecord, dryRun: boolean): Promise<boolean> {
  const address = { projectId: project.id, collection: mapped.collection }
  if (await ctx.transaction((tx) => tx.services.records.get(tx, { ...address, id }), { readOnly: true })) return false
  const file = mapped.file ? { ...readDataUrl(mapped.file.url), name: mapped.file.name } : null
  const data = { ...mapped.data }
  if (file && !dryRun) {
    const saved = await ctx.services.files.save(ctx, { name: file.name, bucket: 'training-materials', body: file.bytes, mediaType: file.mediaType, projectId: project.id })
    data['fileId'] = saved.id
  }
  try {
    await ctx.transaction(async (tx) => {
      const baseId = project.knowledge['training']
      if (key === 'trainingMaterials' && baseId && typeof data['fileId'] === 'string') {
        const source = await tx.services.knowledge.addFile(tx, { baseId, fileId: data['fileId'], title: String(data['title']) })
        data['sourceId'] = source.id
      }
      await tx.services.records.create(tx, { ...address, id, data })
      if (dryRun) throw new DryRun()
    })
  } catch (error) {
    if (!(error instanceof DryRun)) throw error
  }
  return true
}

function reasonOf(error: unknown): string {
  if (error instanceof Problem) return error.errors.map(({ field, message }) => (field ? `${field}: ${message}` : message)).join('; ') || error.message
  return error instanceof Error ? error.message : 'cannot be read'
}
