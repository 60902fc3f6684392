import pg from 'pg'
import { vi } from 'vitest'
import type { Tenant } from '../context.ts'

export interface StatementWatch {
  /** Plans of the statements that `work` sent and that hold `part`, as the application role would run them for `tenant`. */
  plansOf(part: string, tenant: Tenant, work: () => Promise<unknown>): Promise<string[]>
}

/** Sees what is really sent, so that a test need not repeat the SQL of what it tests. Begin before the first connection. */
export function watchStatements(appUrl: () => string): StatementWatch {
  const sent = vi.spyOn(pg.Client.prototype, 'query')
  return {
    async plansOf(part, tenant, work) {
      sent.mockClear()
      await work()
      const statements = sent.mock.calls.map(statementOf).filter(({ text }) => text.includes(part))
      const client = new pg.Client({ connectionString: appUrl() })
      await client.connect()
      try {
        await client.query('begin')
        await client.query(`select set_config('app.tenant', $1, true)`, [tenant.id])
        const plans: string[] = []
        for (const { text, values } of statements) {
          const { rows } = await client.query<Record<'QUERY PLAN', string>>(`explain ${text}`, values)
          plans.push(rows.map((row) => row['QUERY PLAN']).join('\n'))
        }
        return plans
      } finally {
        await client.end()
      }
    },
  }
}

/** The driver takes a text, or an object with a text, then the values. */
function statementOf(call: readonly unknown[]): { text: string; values: unknown[] } {
  const [config, values] = call
  const given: unknown = typeof config === 'object' && config !== null ? Reflect.get(config, 'text') : config
  return { text: typeof given === 'string' ? given : '', values: Array.isArray(values) ? values : [] }
}
