import { afterAll, beforeAll, expect, it } from 'vitest'
import { startServer, type RunningServer } from '../testing/start-server.ts'

let server: RunningServer
beforeAll(async () => {
  server = await startServer({ env: { GUILDHALL_TRUSTED_PROXIES: '127.0.0.0/8,::1,10.0.0.0/8' } })
})
afterAll(() => server.stop())

/** A wrong key by way of two proxies; refused keys are counted by the address of whoever sent them. */
async function guess(visitor: string): Promise<number> {
  const headers = { 'x-forwarded-for': `${visitor}, 10.20.30.40` }
  return (await server.request('/api/clients', { key: 'gh_wrong_wrong_wrong_wrong_wrong_wrong', headers })).status
}

it('believes proxies out of a trusted range, so that one visitor’s guesses do not lock out another', async () => {
  const statuses: number[] = []
  for (let attempt = 0; attempt < 32; attempt++) statuses.push(await guess('198.51.100.1'))
  expect(statuses.at(-1)).toBe(429)
  expect(await guess('198.51.100.2')).toBe(401)
})

it('does not start with a list that it cannot read', async () => {
  const other = startServer({ env: { GUILDHALL_TRUSTED_PROXIES: '10.0.0.0/40' } })
  await expect(other).rejects.toThrow(/GUILDHALL_TRUSTED_PROXIES is .*10\.0\.0\.0\/40 is neither/)
})
