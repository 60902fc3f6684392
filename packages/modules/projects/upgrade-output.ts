import { z } from 'zod'

const Change = z.enum(['added', 'removed', 'changed'])
const Part = z.object({
  key: z.string(),
  title: z.string(),
  change: Change,
  differs: z.array(z.string()).describe('For changed: which of its properties differ'),
})

export const UpgradePlanOutput = z
  .object({
    from: z.int(),
    to: z.int(),
    available: z.boolean().describe('False when the project is as the blueprint is'),
    changes: z.object({
      collections: z.array(
        Part.extend({ members: z.array(z.object({ name: z.string(), change: Change, differs: z.array(z.string()) })) }),
      ),
      views: z.array(Part),
      agents: z.array(Part),
      knowledge: z.array(Part),
      operations: z.array(z.object({ name: z.string(), change: z.enum(['added', 'removed']) })),
    }),
    overrides: z
      .array(z.object({ path: z.string(), fate: z.enum(['kept', 'replaced', 'resting']) }))
      .describe(
        'kept = in force; replaced = the blueprint now has this member itself; resting = kept, but nothing to change any more',
      ),
    misfits: z
      .array(
        z.object({
          collection: z.string(),
          title: z.string(),
          count: z.int(),
          items: z
            .array(
              z.object({
                id: z.uuid(),
                title: z.string(),
                errors: z.array(z.object({ field: z.string(), message: z.string() })),
              }),
            )
            .describe('The first 50'),
        }),
      )
      .describe('Records that the new schemas do not fit. They stay and can be read; changing one must mend it'),
    retained: z
      .array(z.object({ collection: z.string(), title: z.string(), records: z.int() }))
      .describe('Collections that the blueprint no longer has and that stay because they hold records'),
  })
  .meta({ id: 'ProjectUpgrade' })
