import { Id, notFound, operation, Problem } from '@guildhall/kernel'
import { and, eq, or } from 'drizzle-orm'
import { z } from 'zod'
import { payloadPlace } from '../payload.ts'
import { payloads, runs, runSteps } from '../schema.ts'

export const getPayload = operation({
  name: 'runs.payload',
  summary: 'What went into or came out of a run or a step',
  route: 'GET /runs/{id}/payloads/{hash}',
  permission: 'runs:read',
  input: z.object({ id: Id, hash: z.string().regex(/^[\w-]{43}$/, 'is not the name of a payload') }),
  output: z.object({ hash: z.string(), bytes: z.int(), content: z.json() }),
  tool: false,
  external: true,
  async run({ id, hash }, ctx) {
    const tenantId = ctx.tenant.id
    const row = await ctx.transaction(
      async ({ db }) => {
        const ofRun = await db
          .select({ id: runs.id })
          .from(runs)
          .where(
            and(eq(runs.tenantId, tenantId), eq(runs.id, id), or(eq(runs.inputHash, hash), eq(runs.outputHash, hash))),
          )
        const ofStep = await db
          .select({ id: runSteps.id })
          .from(runSteps)
          .where(
            and(
              eq(runSteps.tenantId, tenantId),
              eq(runSteps.runId, id),
              or(eq(runSteps.inputHash, hash), eq(runSteps.outputHash, hash)),
            ),
          )
          .limit(1)
        if (ofRun.length === 0 && ofStep.length === 0) throw notFound('payload', hash)
        const [found] = await db
          .select()
          .from(payloads)
          .where(and(eq(payloads.tenantId, tenantId), eq(payloads.hash, hash)))
        return found
      },
      { readOnly: true },
    )
    if (!row || row.expiresAt <= ctx.now())
      throw gone('Its retention has ended (GUILDHALL_PAYLOAD_RETENTION_DAYS); the figures of the run remain.')
    if (row.sealed === null)
      throw gone(
        `With ${row.bytes} bytes it is larger than what the journal keeps (1 MiB); only its hash and size are known.`,
      )
    return {
      hash,
      bytes: row.bytes,
      content: z.json().parse(JSON.parse(await ctx.vault.open(payloadPlace(hash), row.sealed))),
    }
  },
})

function gone(detail: string): Problem {
  return new Problem({ status: 410, type: 'payload-gone', title: 'The content is not kept', detail })
}
