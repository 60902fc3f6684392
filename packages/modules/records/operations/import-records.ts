import { Id, invalidInput, operation, type Context } from '@guildhall/kernel'
import { z } from 'zod'
import { collectionPath } from '../record-output.ts'

const largest = 32 * 1024 * 1024

export const importRecords = operation({
  name: 'records.import',
  summary: 'Import records from CSV or JSON',
  description:
    'All rows or none, unless `skipInvalid`. With `dryRun` nothing is written and the report says what would happen. With `key` a repeated import updates what is there instead of adding it again.',
  route: 'POST /projects/{projectId}/collections/{collection}/import',
  permission: 'records:write',
  external: true,
  maxBody: largest + 1024 * 1024,
  emits: ['records.imported'],
  input: z.object({
    ...collectionPath,
    format: z.enum(['csv', 'json']),
    content: z.string().min(1).max(largest).optional().describe('The file itself'),
    fileId: Id.optional().describe('Or an uploaded file'),
    dryRun: z.boolean().default(false),
    mapping: z
      .record(z.string(), z.union([z.string(), z.null()]))
      .optional()
      .describe(
        'CSV heading to member, null to leave a column out; headings that are not named are matched by key and title',
      ),
    key: z.string().max(200).optional().describe('Member (or `id`) by which a row finds the record that it updates'),
    skipInvalid: z.boolean().default(false).describe('Import the rows that fit and report the others'),
  }),
  output: z.object({
    dryRun: z.boolean(),
    rows: z.int(),
    created: z.int(),
    updated: z.int(),
    unchanged: z.int(),
    invalid: z.int(),
    errors: z.array(z.object({ row: z.int(), field: z.string(), message: z.string() })).describe('The first 100'),
    columns: z.array(z.object({ heading: z.string(), member: z.string().nullable() })),
  }),
  async run({ content, fileId, mapping, key, ...request }, ctx) {
    const text = content ?? (await textOfFile(ctx, fileId))
    return ctx.transaction(async (tx) =>
      tx.services.records.import(tx, {
        ...request,
        content: text,
        ...(mapping === undefined ? {} : { mapping }),
        ...(key === undefined ? {} : { key }),
      }),
    )
  },
})

async function textOfFile(ctx: Context, fileId: string | undefined): Promise<string> {
  if (fileId === undefined)
    throw invalidInput([
      { field: 'content', message: 'is missing; send the file as content, or the id of an uploaded one as fileId' },
    ])
  const { bytes } = await ctx.services.files.read(ctx, fileId)
  return decode(bytes)
}

/** UTF-8 or, by its byte order mark, UTF-16; what is neither is Windows-1252, which spreadsheets still write. */
function decode(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}
