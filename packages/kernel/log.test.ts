import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { createLogger } from './log.ts'

function logged(write: (log: ReturnType<typeof createLogger>) => void): string {
  let text = ''
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString()
      done()
    },
  })
  write(createLogger('info', sink))
  return text
}

describe('the log', () => {
  it('hides members whose names speak of secrets', () => {
    const line = logged((log) => log.info({ password: 'p1', body: { apiKey: 'k1', token: 't1' } }, 'signed in'))
    expect(line).toContain('signed in')
    expect(line).not.toMatch(/p1|k1|t1/)
  })
  it('leaves the values of a query out of a database error, at every depth', () => {
    const cause = Object.assign(new Error('duplicate key value'), {
      code: '23505',
      detail: 'Key (email)=(ada@example.test) already exists.',
    })
    const error = Object.assign(
      new Error('Failed query: insert into people values ($1)\nparams: ada@example.test', { cause }),
      { params: ['ada@example.test'] },
    )
    const line = logged((log) => log.error({ err: error }, 'failed'))
    expect(line).toContain('insert into people')
    expect(line).toContain('23505')
    expect(line).not.toContain('ada@example.test')
  })
})
